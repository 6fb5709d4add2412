//! Where the catalogue stands, and what pages ask for again and again, kept for as long as it stands there.
//!
//! All that a page shows follows from two numbers: the ledger's head, which every batch moves, and the generation, which every
//! other write that shows counts up in its own transaction, from whichever process. So what is kept under a standing is
//! never stale. Rights are taken from the directory of this moment when an answer is given, not when it is computed.
//!
//! While pages are served, the news of a batch are computed beside the requests ([`App::keep_ready`]); until they are there,
//! a request is answered from the last standing of the ledger that is computed, which its snapshot names. Whoever
//! changed the ledger themselves waits for it ([`App::caught_up`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use greenheart_model::{BatchId, BoundaryKey, GwpSet, Member, MemberId, Scope2Basis, Site, Visibility};
use greenheart_store::{BatchSummary, Standing};
use tokio::sync::watch;

use crate::batches::{BatchLine, line_of};
use crate::members::visibility_of;
use crate::settings::ClusterSettings;
use crate::{Actor, App, AppError, Capacity, ChangeRequest, GoalQuery, InventoryRequest};

/// How often the catalogue is looked at for news.
const LOOK: Duration = Duration::from_millis(100);
/// Computing news takes at most one part in this many of the time, so that a long import leaves room for requests.
const REST: u64 = 2;
/// How long somebody waits for what they did to be computed, before it is computed for them alone.
const PATIENCE: Duration = Duration::from_secs(10);

/// The small things of the catalogue, read together.
pub(crate) struct Directory {
    pub(crate) generation: i64,
    pub(crate) settings: ClusterSettings,
    /// By identifier.
    pub(crate) members: Vec<Member>,
    /// By identifier.
    pub(crate) sites: Vec<Site>,
    pub(crate) keys: Vec<BoundaryKey>,
    visibility: BTreeMap<MemberId, Visibility>,
}

impl Directory {
    /// Who may see named figures of a member: by default the member alone.
    pub(crate) fn visibility(&self, member: &MemberId) -> Visibility {
        self.visibility.get(member).copied().unwrap_or_default()
    }

    pub(crate) fn member(&self, id: &MemberId) -> Option<&Member> {
        let at = self.members.binary_search_by(|member| member.id.cmp(id));
        at.ok().map(|at| &self.members[at])
    }

    /// Members whose named figures the actor may see.
    pub(crate) fn readable(&self, actor: &Actor) -> BTreeSet<MemberId> {
        let ids = self.members.iter().map(|member| &member.id);
        ids.filter(|id| actor.may_read(id, self.visibility(id)).is_ok())
            .cloned()
            .collect()
    }
}

/// Every batch there ever was, by the record that brought it.
pub(crate) struct Shelf {
    standing: Standing,
    batches: BTreeMap<(i64, BatchId), Shelved>,
}

#[derive(Clone)]
struct Shelved {
    line: Arc<BatchLine>,
    ended_seq: Option<i64>,
}

impl Shelf {
    /// All of them, oldest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<BatchLine>> {
        self.batches.values().map(|shelved| &shelved.line)
    }

    /// The last journal record that brought one of these; 0 for none.
    pub(crate) fn newest_of(&self, batches: &BTreeSet<&BatchId>) -> i64 {
        let known = self.batches.keys().rev().find(|(_, id)| batches.contains(id));
        known.map_or(0, |(seq, _)| *seq)
    }

    /// Those that counted when the ledger stood at `seq`, oldest first.
    pub(crate) fn visible_at(&self, seq: i64) -> impl Iterator<Item = &Arc<BatchLine>> {
        self.shelved_at(seq).map(|shelved| &shelved.line)
    }

    fn shelved_at(&self, seq: i64) -> impl Iterator<Item = &Shelved> {
        self.batches
            .iter()
            .filter(move |((committed, _), shelved)| {
                *committed <= seq && shelved.ended_seq.is_none_or(|ended| ended > seq)
            })
            .map(|(_, shelved)| shelved)
    }
}

/// What is computed ahead of requests, and up to where.
pub(crate) struct Ready {
    kept: AtomicBool,
    standing: watch::Sender<Option<Standing>>,
}

impl Default for Ready {
    fn default() -> Self {
        Self {
            kept: AtomicBool::new(false),
            standing: watch::Sender::new(None),
        }
    }
}

impl App {
    /// Where the catalogue stands now.
    pub(crate) async fn standing(&self) -> Result<Standing, AppError> {
        Ok(self.store.standing().await?)
    }

    /// The journal record up to which figures are shown: the last one, unless its news are just being computed.
    pub(crate) fn shown_seq(&self, now: Standing) -> i64 {
        match *self.ready.standing.borrow() {
            Some(ready) if ready.generation == now.generation && ready.seq < now.seq => ready.seq,
            _ => now.seq,
        }
    }

    /// The directory of this moment.
    pub(crate) async fn directory(&self) -> Result<Arc<Directory>, AppError> {
        let generation = self.standing().await?.generation;
        self.cache
            .directory
            .of(generation, self.read_directory(generation))
            .await
    }

    async fn read_directory(&self, generation: i64) -> Result<Directory, AppError> {
        let visibilities = self.store.visibilities().await?;
        let mut members = self.store.members().await?;
        members.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Directory {
            generation,
            settings: self.read_settings().await?,
            members,
            sites: self.store.sites().await?,
            keys: self.store.boundary_keys().await?,
            visibility: visibilities
                .into_iter()
                .filter_map(|(id, text)| Some((id, visibility_of(&text)?)))
                .collect(),
        })
    }

    /// The batches as they stand now: what came in since the last question is read, the rest is known.
    pub(crate) async fn shelf(&self) -> Result<Arc<Shelf>, AppError> {
        let standing = self.standing().await?;
        let current =
            |shelf: &Arc<Shelf>| shelf.standing.generation == standing.generation && shelf.standing.seq >= standing.seq;
        if let Some(shelf) = self.cache.shelf().filter(current) {
            return Ok(shelf);
        }
        let _turn = self.cache.shelf_turn.lock().await;
        let known = self.cache.shelf();
        if let Some(shelf) = known.clone().filter(current) {
            return Ok(shelf);
        }
        // An erasure empties batches that ended long ago, and counts the generation up: then all are read again.
        let known = known.filter(|shelf| shelf.standing.generation == standing.generation);
        let (since, batches) = match &known {
            Some(shelf) => (shelf.standing.seq, shelf.batches.clone()),
            None => (0, BTreeMap::new()),
        };
        let shelf = Arc::new(Shelf {
            standing,
            batches: self.with_news(batches, since).await?,
        });
        self.cache.keep_shelf(Arc::clone(&shelf));
        Ok(shelf)
    }

    async fn with_news(
        &self,
        mut batches: BTreeMap<(i64, BatchId), Shelved>,
        since: i64,
    ) -> Result<BTreeMap<(i64, BatchId), Shelved>, AppError> {
        let news = self.store.batches_since(since).await?;
        let all = if since == 0 {
            self.store.files().await?
        } else {
            Vec::new()
        };
        let mut names: BTreeMap<_, _> = all.into_iter().map(|file| (file.id, file.name)).collect();
        for summary in news {
            if since > 0 {
                for file in summary.batch.iter().flat_map(|batch| &batch.files) {
                    if let Some(name) = self.store.file_name(file).await? {
                        names.insert(file.clone(), name);
                    }
                }
            }
            let BatchSummary {
                committed_seq,
                ended_seq,
                ..
            } = summary;
            let key = (committed_seq, summary.id.clone());
            let shelved = Shelved {
                line: Arc::new(line_of(summary, &names)),
                ended_seq,
            };
            batches.insert(key, shelved);
        }
        Ok(batches)
    }

    /// From now on the news of every batch are computed when it lands, by a task that ends with the installation.
    pub fn keep_ready(self: &Arc<Self>) {
        self.ready.kept.store(true, Ordering::Relaxed);
        let weak = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK).await;
                let Some(app) = weak.upgrade() else { return };
                let begun = app.now_ms();
                let looked = Arc::clone(&app);
                // The figures keep a thread busy for a moment; requests have the others.
                let worker = tokio::runtime::Handle::current();
                let done = tokio::task::spawn_blocking(move || worker.block_on(looked.look_for_news()));
                match done.await {
                    Ok(Ok(true)) => {
                        let took = app.now_ms().saturating_sub(begun).unsigned_abs();
                        tokio::time::sleep(Duration::from_millis(took.saturating_mul(REST).min(5_000))).await;
                    }
                    Ok(Ok(false)) => {}
                    Ok(Err(error)) => tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the news of a batch could not be computed"
                    ),
                    Err(error) => tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "computing the news of a batch broke off"
                    ),
                }
            }
        });
    }

    /// Computes what most pages show when something has moved. Whether it had.
    async fn look_for_news(&self) -> Result<bool, AppError> {
        let standing = self.standing().await?;
        if *self.ready.standing.borrow() == Some(standing) {
            return Ok(false);
        }
        let prepared = self.prepare(standing).await;
        // What cannot be computed is not waited for: requests will say why.
        self.ready.standing.send_replace(Some(standing));
        prepared.map(|()| true)
    }

    async fn prepare(&self, standing: Standing) -> Result<(), AppError> {
        self.cache.told.of(standing.seq, self.read_told(standing.seq)).await?;
        let snapshot = self.snapshot(Some(standing.seq)).await?;
        let directory = self.directory().await?;
        let query = GoalQuery {
            at: Some(snapshot.seq),
            ..GoalQuery::default()
        };
        match self.live_goals(&query).await {
            // Nothing is there yet, or it does not fit together; the page says so.
            Ok(_) | Err(AppError::Input { .. }) => {}
            Err(error) => return Err(error),
        }
        self.prepare_account(snapshot.seq).await?;
        for capacity in [Capacity::Operator, Capacity::Facilitator] {
            let actor = Actor {
                name: String::new(),
                capacity,
            };
            let request = InventoryRequest {
                year: None,
                member: None,
                basis: Scope2Basis::Location,
                gwp: GwpSet::Ar6,
            };
            match self.inventory_of(&snapshot, &request, directory.readable(&actor)).await {
                Ok(_) | Err(AppError::Input { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The cluster as one in the last year, its products, and why it changed since the base year.
    async fn prepare_account(&self, seq: i64) -> Result<(), AppError> {
        let prepared = async {
            let config = self.cluster_config(seq, None, None).await?;
            let request = ChangeRequest {
                from: config.base_year,
                to: config.last_year,
                member: None,
                gwp: None,
                basis: None,
                at: Some(seq),
                published: None,
            };
            let snapshot = self.snapshot(Some(seq)).await?;
            let year = config.last_year;
            let account = self.account_of(snapshot, config, year).await?;
            self.product_lines(&account).await?;
            self.explain_change(&request).await
        };
        match Box::pin(prepared).await {
            Ok(_) | Err(AppError::Input { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Waits until figures are shown as the ledger stands after what was just done.
    pub(crate) async fn caught_up(&self, seq: i64) {
        if !self.ready.kept.load(Ordering::Relaxed) {
            return;
        }
        let mut heard = self.ready.standing.subscribe();
        let there = heard.wait_for(|ready| ready.is_none_or(|ready| ready.seq >= seq));
        if tokio::time::timeout(PATIENCE, there).await.is_err() {
            tracing::warn!(ledger.seq = seq, "figures are behind the ledger");
        }
    }
}
