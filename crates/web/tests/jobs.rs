//! Long work of the cluster: begun by a form, followed on a page, stopped, and nobody else's.

use crate::house::{House, operator};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_is_a_job_that_is_followed() {
    let house = House::build().await;
    let mut lead = house.visitor("facilitator").await;
    let answer = house.post(&mut lead, "/releases", &[]).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
    let job = answer.location().to_owned();
    assert!(job.starts_with("/jobs/job-"), "{job}");
    for role in ["admin", "stranger", "auditor"] {
        let mut other = house.visitor(role).await;
        assert_eq!(house.get(&mut other, &job).await.status.as_u16(), 404, "{role}");
        let stop = house.post(&mut other, &format!("{job}/cancel"), &[]).await;
        assert_eq!(stop.status.as_u16(), 404, "{role}");
    }
    let page = house.ended(&mut lead, &job).await.body;
    assert!(
        page.contains("href=\"/releases/1\"") && page.contains("Done."),
        "{page}"
    );
    // What has ended cannot be stopped any more, and asking for it does no harm.
    let stop = house.post(&mut lead, &format!("{job}/cancel"), &[]).await;
    assert_eq!(stop.location(), job);
    assert!(house.get(&mut lead, &job).await.body.contains("href=\"/releases/1\""));
    assert_eq!(house.app.releases(&operator()).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_cannot_be_designed_is_refused_before_it_is_a_job() {
    let house = House::build().await;
    let mut lead = house.visitor("facilitator").await;
    let wanted = [
        ("objective", "net_value"),
        ("transport", "2"),
        ("fixed", "0"),
        // Shorter than the crow flies.
        ("road", "0.5"),
    ];
    let answer = house.post(&mut lead, "/circular/network", &wanted).await;
    assert_eq!(answer.status.as_u16(), 422);
    assert!(
        house
            .app
            .jobs(&operator(), 10)
            .await
            .unwrap()
            .iter()
            .all(|job| job.kind != "network")
    );
}
