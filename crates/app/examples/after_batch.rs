//! Measures what one more batch costs: footprints, goals and decomposition of the demonstration, recomputed.
//!
//! `generate FOLDER [small]` makes the demonstration below FOLDER and takes it in. `measure FOLDER [RUNS]` hands in one small
//! table, asks again for goals, consolidated account and the change of the last year, and withdraws it, so often; only the asking
//! is timed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use greenheart_app::{
    Actor, App, ChangeRequest, ClusterSettings, Config, Entropy, FixedClock, GoalQuery, ImportReport, ImportRequest,
    KeyRequest, MemberRequest, OnOverlap, Outcome, SiteRequest, Surroundings, YearQuery,
};
use greenheart_demo::{Cluster, FileKind, Options, files_of, plan};
use greenheart_model::MemberId;
use greenheart_testkit::cpu_ms;

/// 24 November 2026: 2025 has ended.
const NOW_MS: i64 = 1_795_500_000_000;
const SEED: u64 = 2;
const LAST_YEAR: i16 = 2025;

type Failure = Box<dyn std::error::Error>;

/// Numbers that no two calls share; nothing here is secret.
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) -> std::io::Result<()> {
        for chunk in buffer.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            chunk.copy_from_slice(&next[..chunk.len()]);
        }
        Ok(())
    }
}

fn surroundings() -> Surroundings {
    // Jobs of an earlier run lie in the same catalogue.
    let entropy = Counting(AtomicU64::new(u64::from(std::process::id()) << 32));
    Surroundings::plain(Arc::new(FixedClock(NOW_MS)), Arc::new(entropy))
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["generate", folder] => generate(Path::new(folder), &plan(&Options::full(SEED, LAST_YEAR))).await,
        ["generate", folder, "small"] => generate(Path::new(folder), &plan(&Options::small(SEED, LAST_YEAR))).await,
        ["measure", folder] => Box::pin(measure(Path::new(folder), 9)).await,
        ["measure", folder, runs] => Box::pin(measure(Path::new(folder), runs.parse()?)).await,
        _ => Err("usage: after_batch generate FOLDER [small] | measure FOLDER [RUNS]".into()),
    }
}

/// Makes the cluster, writes its files, and takes them in.
async fn generate(root: &Path, cluster: &Cluster) -> Result<(), Failure> {
    let operator = Actor::operator("bench");
    let settings = ClusterSettings {
        name: "Demonstration".into(),
        base_year: None,
        targets: std::collections::BTreeMap::default(),
        carbon_price: None,
        fictional: true,
    };
    std::fs::create_dir_all(root)?;
    let app = App::create(
        &operator,
        &root.join("data"),
        Config::default(),
        &settings,
        surroundings(),
    )
    .await?;
    people(&app, &operator, cluster).await?;
    for member in cluster.members() {
        let folder = root.join("files").join(member.org_no.as_str());
        for file in files_of(cluster, &member.id).filter(|file| file.kind != FileKind::Articles) {
            let path = root.join("files").join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap_or(root))?;
            let mut bytes = Vec::new();
            file.write_to(&mut bytes)?;
            std::fs::write(path, bytes)?;
        }
        let report = import(&app, &operator, folder, &member.id, OnOverlap::Add).await?;
        if let Some(set) = report.sets.iter().find(|set| set.outcome != Outcome::Imported) {
            return Err(format!("{:?} was not taken in: {:?}", set.files, set.findings).into());
        }
    }
    app.close().await;
    Ok(())
}

async fn people(app: &App, operator: &Actor, cluster: &Cluster) -> Result<(), Failure> {
    for member in cluster.members() {
        let request = MemberRequest {
            org_no: member.org_no,
            name: member.name.clone(),
            role: member.role,
            nace: member.nace.clone(),
            employees: member.employees,
            joined: member.membership.joined,
            left: member.membership.left,
            fictional: true,
        };
        app.put_member(operator, &request).await?;
    }
    for site in cluster.sites() {
        let request = SiteRequest {
            member: site.member.clone(),
            id: site.id.clone(),
            name: site.name.clone(),
            sub_unit: site.sub_unit,
            coordinates: site.coordinates,
            municipality: site.municipality.clone(),
            in_boundary: site.in_boundary,
        };
        app.put_site(operator, &request).await?;
    }
    for key in cluster.boundary_keys() {
        let request = KeyRequest {
            member: key.member.clone(),
            valid_from: key.valid_from,
            share: key.share,
            evidence: key.evidence.clone(),
        };
        app.put_boundary_key(operator, &request).await?;
    }
    Ok(())
}

async fn import(
    app: &App,
    actor: &Actor,
    path: PathBuf,
    member: &MemberId,
    on_overlap: OnOverlap,
) -> Result<ImportReport, Failure> {
    let request = ImportRequest {
        files: vec![path],
        member: Some(member.clone()),
        dry_run: false,
        on_overlap,
        mapping: None,
        save_mapping: None,
        coverage: None,
        together: false,
    };
    Ok(app.import(actor, &request, &mut |_| {}).await?)
}

/// Time of a part, over all runs.
#[derive(Default)]
struct Part {
    cpu_ms: u64,
    best_us: u128,
}

impl Part {
    #[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
    async fn time<T>(&mut self, work: impl Future<Output = Result<T, greenheart_app::AppError>>) -> Result<T, Failure> {
        let (cpu, begun) = (cpu_ms().unwrap_or_default(), Instant::now());
        let made = work.await?;
        let us = begun.elapsed().as_micros();
        self.cpu_ms += cpu_ms().unwrap_or_default() - cpu;
        self.best_us = if self.best_us == 0 { us } else { self.best_us.min(us) };
        Ok(made)
    }
}

async fn measure(root: &Path, runs: u64) -> Result<(), Failure> {
    let operator = Actor::operator("bench");
    let app = App::open(&root.join("data"), Config::default(), surroundings()).await?;
    let member = app
        .members(&operator)
        .await?
        .first()
        .ok_or("no member")?
        .member
        .id
        .clone();
    let year = LAST_YEAR;
    let change = ChangeRequest {
        from: year - 1,
        to: year,
        member: None,
        gwp: None,
        basis: None,
        at: None,
        published: None,
    };
    let of_year = YearQuery {
        year: Some(year),
        ..YearQuery::default()
    };
    // Once without a clock: what is kept between questions is there afterwards, as on a server that runs.
    app.goals(&operator, &GoalQuery::default()).await?;
    app.consolidate(&operator, &of_year).await?;
    app.change(&operator, &change).await?;
    app.goal_spread(&operator, &GoalQuery::default()).await?;
    let [mut goals, mut footprints, mut decomposition, mut spread] = std::array::from_fn(|_| Part::default());
    let mut said = String::new();
    for run in 0..runs {
        let path = root.join(format!("one-more-{run}.csv"));
        // A row that no run before has handed in: what was withdrawn comes in as new.
        let table = format!(
            "# coverage: energy {year}-03\nType;Vare;Bruk;Fra;Til;Mengde;Enhet\nbrensel;diesel;kjøretøy;01.03.{year};31.03.{year};{};liter\n",
            1_000 + run
        );
        std::fs::write(&path, table)?;
        let report = import(&app, &operator, path.clone(), &member, OnOverlap::Add).await?;
        let batch = report.sets.iter().find_map(|set| set.batch.clone());
        let batch = batch.ok_or_else(|| format!("the batch was not taken in: {:?}", report.sets))?;
        let view = Box::pin(goals.time(app.goals(&operator, &GoalQuery::default()))).await?;
        let account = Box::pin(footprints.time(app.consolidate(&operator, &of_year))).await?;
        let effects = decomposition.time(app.change(&operator, &change)).await?;
        let sure = spread.time(app.goal_spread(&operator, &GoalQuery::default())).await?;
        let years: usize = view.goals.iter().map(|goal| goal.years.len()).sum();
        said = format!(
            "goal years {years} products {} effects {} spreads {}",
            account.members.len(),
            effects.effects.len(),
            sure.len()
        );
        app.withdraw(&operator, &batch, "bench").await?;
        std::fs::remove_file(path)?;
    }
    println!("{said}");
    let asked = [&goals, &footprints, &decomposition];
    let all: u64 = asked.iter().map(|part| part.cpu_ms).sum();
    println!("work_cpu_ms {}", all / runs);
    for (name, part) in [
        ("goals", &goals),
        ("footprints", &footprints),
        ("decomposition", &decomposition),
        ("spread", &spread),
    ] {
        println!("figure {name}_cpu_ms {}", part.cpu_ms / runs);
        println!("figure {name}_ms {}.{:03}", part.best_us / 1000, part.best_us % 1000);
    }
    println!("figure after_batch_cpu_ms {}", all / runs);
    app.close().await;
    Ok(())
}
