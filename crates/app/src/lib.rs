//! The verbs: one function for each thing a user can do, each taking `&Actor`.
//!
//! For: permissions, the audit trail, transactions, jobs; bringing files, ledger, catalogue and account
//! together. Not for: command-line arguments, HTML, SQL, Parquet.
//! Start with [`App::open`], then [`App::import`], then [`App::goals`]. Rights are decided in [`Actor`].
//!
//! Time, randomness, fail-points and the program to start workers with come in as [`Surroundings`].

mod accounts;
mod actor;
mod articles;
mod audit;
mod batches;
mod binding;
mod cache;
mod campaign;
mod change;
pub mod circular;
mod circularity;
mod clock;
mod codes;
mod completeness;
mod config;
mod confirm;
mod consolidate;
mod enter;
mod error;
mod extract;
mod factor_use;
mod factors;
mod figures;
mod flows;
mod folder;
mod followed;
mod import;
mod invoice_co2;
mod jobs;
mod maintain;
mod mapping;
mod members;
mod metering;
mod method;
mod open_goods;
mod outlook;
mod positive;
mod posted;
mod provider;
mod rebind;
mod release;
mod repost;
mod rests;
mod seals;
mod settings;
mod snapshot;
mod spread;
mod standing;
mod surroundings;
mod tokens;
mod uploads;
mod why;

use std::path::Path;
use std::sync::Arc;

use greenheart_ledger::Ledger;
use greenheart_store::Store;
use greenheart_vault::Vault;

pub use accounts::{AccountLine, LoggedIn};
pub use actor::{Actor, Capacity, Denied};
pub use articles::{ArticleEffect, ArticleRegister, ArticlesReport, OpenArticle};
pub use audit::AuditLine;
pub use batches::{BatchLine, Withdrawn};
pub use campaign::{Campaign, Owed, OwedState};
pub use change::{ChangeRequest, ChangeView, EffectLine, MethodChange};
pub use circularity::{CircularityLine, CircularityView};
pub use clock::{Clock, FixedClock};
pub use codes::{Admission, CodesState, NewCodes};
pub use completeness::{Completeness, ToldMonths};
pub use config::{Config, ConfigError, ImportConfig, LogConfig, LogFormat, QueryConfig, WorkerConfig};
pub use confirm::ArticleJob;
pub use consolidate::{
    AccountSpread, ConsolidatedView, MadeLine, MemberPartLine, PairChangeLine, PairLine, ProductChangeLine,
    ProductLine, ProductSpread, ProductsView, QualityLine, SolutionView, TotalSpread, WhatIfRequest, WhatIfView,
    YearQuery,
};
pub use enter::{Entry, EntryRequest};
pub use error::AppError;
pub use extract::{KnownMembers, reduce_accounts};
pub use factor_use::{FactorChoice, FactorsInUse};
pub use factors::{FactorImport, FactorLine, FactorSetLine};
pub use figures::{
    FigureView, GoalQuery, GoalView, GoalYearView, GoalsView, InventoryAnswer, InventoryLine, InventoryRequest,
};
pub use flows::FlowsView;
pub use folder::{DataFolder, FORMAT, FolderError, Format};
pub use followed::{FollowedJob, JobEnd};
pub use greenheart_account::articles::{Article, ArticleKey, Open, Suggestion, Use};
pub use greenheart_account::{CarbonPath, Flow, Gap, Goal, GoalStatus};
pub use greenheart_footprint::uncertainty::Simulation;
pub use greenheart_ingest::reduced::{Reduced, ReducedRow, write as write_reduced};
pub use greenheart_ingest::tables::{Column, Field, Mapping, Sniffed, Template, templates};
pub use greenheart_store::BatchState;
pub use greenheart_store::JobState;
pub use import::sniff_table;
pub use import::{
    FileReport, ImportReport, ImportRequest, MappingChoice, OnOverlap, Outcome, Overlap, Preview, PreviewLine,
    SetReport, explain_finding, item_name,
};
pub use invoice_co2::{LabelledInvoice, SoldCo2, label_invoices};
pub use jobs::{JobView, Progress};
pub use maintain::{
    BackupReport, Compacted, DoctorReport, Problem, RestoreReport, UpgradePlan, VerifyReport, backup::restore, upgrade,
};
pub use mapping::WaitingTable;
pub use members::{Erased, KeyRequest, MemberLine, MemberRequest, SiteRequest};
pub use method::MethodBar;
pub use open_goods::{NotMaterial, OpenGoodsLine, OpenGoodsView};
pub use outlook::{Outlook, OutlookBand};
pub use positive::{CarbonPrice, PositiveFigure, PositiveRequest, PositiveView};
pub use provider::{CameBack, OidcConfig, PROVIDER_BACK, ProviderAnswer};
pub use rebind::{RebindState, Rebinding, Rebound};
pub use release::{CellState, Release, ReleaseLine, ReleasedCell, ReleasedRow, ReleasedTable};
pub use repost::{CategoryLine, RepostLine, RepostReport};
pub use seals::Seal;
pub use settings::ClusterSettings;
pub use spread::{ChangeSpread, GoalSpread, InventorySpread, SpreadLine};
pub use surroundings::{Entropy, FailPoints, Launcher, Surroundings};
pub use tokens::{Bearer, Scope, TokenLine, TokenRequest};
pub use uploads::{ImportJob, ImportLine, Upload};
pub use why::{Answer, Part, WhySection};

/// An open installation.
pub struct App {
    folder: DataFolder,
    config: Config,
    store: Store,
    ledger: Ledger,
    vault: Vault,
    master_key: [u8; 32],
    surroundings: Surroundings,
    cache: cache::Cache,
    attempts: accounts::Attempts,
    waiting: audit::Waiting,
    outside: Option<Arc<provider::Outside>>,
    ready: standing::Ready,
}

impl App {
    /// Makes a new installation in `root`, which is empty or absent.
    ///
    /// # Errors
    /// When something lies there already, or the disk or the catalogue fails.
    pub async fn create(
        actor: &Actor,
        root: &Path,
        config: Config,
        settings: &ClusterSettings,
        surroundings: Surroundings,
    ) -> Result<Self, AppError> {
        actor.may_operate()?;
        let mut master_key = [0; 32];
        surroundings.entropy.fill(&mut master_key)?;
        DataFolder::create(root, &master_key)?;
        let app = Self::open(root, config, surroundings).await?;
        app.save_settings(settings).await?;
        app.note(actor, "init", None, &settings.name, "done").await?;
        Ok(app)
    }

    /// Opens an installation.
    ///
    /// # Errors
    /// When it is absent, damaged, or written by a later program.
    pub async fn open(root: &Path, config: Config, surroundings: Surroundings) -> Result<Self, AppError> {
        let folder = DataFolder::open(root)?;
        // Both hold nothing that counts, so a copy of the folder may lack them.
        for work in [folder.staging(), folder.spill()] {
            std::fs::create_dir_all(&work).map_err(AppError::io(work.display().to_string()))?;
        }
        let url = if config.catalogue.is_empty() {
            folder.catalogue_url()
        } else {
            config.catalogue.clone()
        };
        let store = Store::open(&url).await?;
        let limits = greenheart_ledger::Limits {
            memory_bytes: usize::try_from(config.query.memory_mib << 20).unwrap_or(usize::MAX),
            spill_bytes: config.query.spill_mib << 20,
            threads: config.query.threads.max(1),
        };
        let app = Self {
            ledger: Ledger::open(&folder.segments(), &folder.spill(), limits)?,
            vault: Vault::open(&folder.vault())?,
            master_key: folder.master_key()?,
            cache: cache::Cache::default(),
            attempts: accounts::Attempts::default(),
            waiting: audit::Waiting::default(),
            outside: provider::Outside::of(&config.oidc)?.map(Arc::new),
            ready: standing::Ready::default(),
            folder,
            config,
            store,
            surroundings,
        };
        app.keep_shipped_factors().await?;
        Ok(app)
    }

    /// Waits for open statements and closes the catalogue.
    pub async fn close(self) {
        if let Err(error) = self.write_waiting(Vec::new()).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the last looks could not be written"
            );
        }
        self.store.close().await;
    }

    /// The data folder.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// The configuration it runs with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    fn now_ms(&self) -> i64 {
        self.surroundings.clock.now_ms()
    }
}
