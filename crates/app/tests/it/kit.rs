//! An installation with the small demonstration cluster, made by the same verbs as anyone's.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use greenheart_app::{
    Actor, App, AppError, Capacity, ClusterSettings, Config, Entropy, FixedClock, ImportReport, ImportRequest,
    MemberRequest, OnOverlap, Outcome, SiteRequest, Surroundings,
};
use greenheart_demo::{Cluster, Options, files, plan};
use greenheart_model::MemberId;

/// 24 November 2026: 2025 has ended.
pub const NOW: i64 = 1_795_500_000_000;

/// Random enough for a test, and the same every time.
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) -> std::io::Result<()> {
        let start = self.0.fetch_add(1, Ordering::Relaxed);
        buffer.iter_mut().zip(start..).for_each(|(byte, value)| *byte = value);
        Ok(())
    }
}

pub fn surroundings() -> Surroundings {
    surroundings_at(NOW)
}

pub fn surroundings_at(now_ms: i64) -> Surroundings {
    Surroundings::plain(Arc::new(FixedClock(now_ms)), Arc::new(Counting(AtomicU8::new(1))))
}

pub fn operator() -> Actor {
    Actor::operator("test")
}

pub fn actor(capacity: &str) -> Actor {
    Actor {
        name: capacity.into(),
        capacity: capacity.parse::<Capacity>().expect("a capacity"),
    }
}

pub struct Kit {
    pub folder: tempfile::TempDir,
    pub cluster: Cluster,
    pub app: App,
}

impl Kit {
    /// An installation with members and sites, and no files yet.
    pub async fn empty() -> Self {
        Self::with(Config::default(), surroundings()).await
    }

    pub async fn with(config: Config, surroundings: Surroundings) -> Self {
        Self::made(plan(&Options::small(7, 2025)), config, surroundings).await
    }

    /// An installation with the members of another cluster than the small one.
    pub async fn of(cluster: Cluster) -> Self {
        Self::made(cluster, Config::default(), surroundings()).await
    }

    async fn made(cluster: Cluster, config: Config, surroundings: Surroundings) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = ClusterSettings {
            name: "Test".into(),
            base_year: Some(2023),
            targets: Default::default(),
            carbon_price: None,
            fictional: true,
        };
        let app = App::create(
            &operator(),
            &folder.path().join("data"),
            config,
            &settings,
            surroundings,
        )
        .await
        .expect("created");
        let kit = Self { folder, cluster, app };
        kit.add_members().await;
        kit
    }

    async fn add_members(&self) {
        for member in self.cluster.members() {
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
            self.app.put_member(&operator(), &request).await.expect("a member");
        }
        for site in self.cluster.sites() {
            let request = SiteRequest {
                member: site.member.clone(),
                id: site.id.clone(),
                name: site.name.clone(),
                sub_unit: site.sub_unit,
                coordinates: site.coordinates,
                municipality: site.municipality.clone(),
                in_boundary: site.in_boundary,
            };
            self.app.put_site(&operator(), &request).await.expect("a site");
        }
    }

    pub fn members(&self) -> Vec<MemberId> {
        self.cluster.members().map(|member| member.id.clone()).collect()
    }

    /// Files of a member and year, written below the folder.
    pub fn files(&self, member: &MemberId, year: i16) -> Vec<PathBuf> {
        let root = self.folder.path().join("files");
        let mut paths = Vec::new();
        for file in files(&self.cluster).filter(|file| file.member == *member && file.year == year) {
            let path = root.join(&file.path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            let mut bytes = Vec::new();
            file.write_to(&mut bytes).expect("written");
            std::fs::write(&path, bytes).expect("written");
            paths.push(path);
        }
        paths
    }

    /// The accounting file of a member and year.
    pub fn books(&self, member: &MemberId, year: i16) -> PathBuf {
        self.files(member, year)
            .into_iter()
            .find(|path| path.ends_with("saft.xml"))
            .expect("accounting")
    }

    /// The plain table of waste of a member and year.
    pub fn waste(&self, member: &MemberId, year: i16) -> PathBuf {
        let named = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.starts_with("waste") || name.starts_with("avfall")
        };
        self.files(member, year)
            .into_iter()
            .find(named)
            .expect("a table of waste")
    }

    pub async fn import(&self, files: Vec<PathBuf>, member: Option<&MemberId>, on_overlap: OnOverlap) -> ImportReport {
        let request = request(files, member, on_overlap);
        self.app
            .import(&operator(), &request, &mut |_| {})
            .await
            .expect("a report")
    }

    /// Takes in the years 2023 and 2024 of all members.
    pub async fn import_all(&self) {
        for member in self.members() {
            for year in 2023..=2024 {
                let report = self
                    .import(self.files(&member, year), Some(&member), OnOverlap::Ask)
                    .await;
                for set in &report.sets {
                    assert_eq!(set.outcome, Outcome::Imported, "{:?} {:?}", set.files, set.findings);
                }
            }
        }
    }

    pub async fn is_whole(&self) {
        assert_eq!(
            self.app.verify(&operator()).await.expect("a report").problems,
            Vec::<String>::new()
        );
    }
}

pub fn request(files: Vec<PathBuf>, member: Option<&MemberId>, on_overlap: OnOverlap) -> ImportRequest {
    ImportRequest {
        files,
        member: member.cloned(),
        dry_run: false,
        on_overlap,
        mapping: None,
        save_mapping: None,
        coverage: None,
        together: false,
    }
}

/// Whether a verb was allowed; anything else than a refusal or an absence is a failure of the test.
pub fn allowed<T>(result: Result<T, AppError>) -> bool {
    match result {
        Ok(_) | Err(AppError::Input { .. }) => true,
        Err(AppError::Denied(_) | AppError::NotFound { .. }) => false,
        Err(error) => panic!("neither allowed nor refused: {error}"),
    }
}

/// Every file below a folder.
pub fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(tree(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}
