//! What goal 3 does not know the mass of: its biggest articles, from sums alone, and saying of many at once that they are no
//! material.

use greenheart_account::articles::{Article, Register, Suggestion, Use, write_table};
use greenheart_account::{OpenGoods, open_goods};
use greenheart_model::{MemberId, Text};
use greenheart_units::{Amount, Rate};
use serde::{Deserialize, Serialize};

use crate::figures::digest_of;
use crate::jobs::Progress;
use crate::{Actor, App, AppError, ArticlesReport};

/// Lines that are shown; what lies behind them is a small part of the whole.
const SHOWN: usize = 20;

/// Goods without a mass at the members of the panel of goal 3 that an actor may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenGoodsView {
    /// Snapshot of the ledger.
    pub snapshot: String,
    /// Calendar year.
    pub year: i16,
    /// NOK of all goods that these members bought.
    pub bought_nok: Amount,
    /// NOK of those without a mass.
    pub open_nok: Amount,
    /// The most money first.
    pub lines: Vec<OpenGoodsLine>,
}

/// What a member bought under one name without a mass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenGoodsLine {
    /// Whose.
    pub member: MemberId,
    /// What invoices call it; `spend.goods` for what only the books know.
    pub line: Text,
    /// NOK without VAT.
    pub amount_nok: Amount,
    /// kg not confirmed, where it is counted in kg.
    pub mass_kg: Amount,
    /// Rows.
    pub rows: u64,
    /// Its share of all goods that the member bought.
    pub share: Option<Rate>,
}

/// Which open articles of a member are no material. Every condition that is given must hold; there must be one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotMaterial {
    /// Sellers, by organisation number or the name that stands for it.
    pub sellers: Vec<String>,
    /// Words, of which one is in the name.
    pub words: Vec<String>,
    /// Numbers of articles.
    pub articles: Vec<String>,
}

impl NotMaterial {
    fn is_empty(&self) -> bool {
        self.sellers.is_empty() && self.words.is_empty() && self.articles.is_empty()
    }

    fn names(&self, article: &Article) -> bool {
        let any =
            |wanted: &[String], is: &dyn Fn(&str) -> bool| wanted.is_empty() || wanted.iter().any(|text| is(text));
        let name = article.name.to_lowercase();
        any(&self.sellers, &|seller| article.key.seller.eq_ignore_ascii_case(seller))
            && any(&self.articles, &|number| &*article.key.article == number)
            && any(&self.words, &|word| name.contains(&word.to_lowercase()))
    }
}

impl App {
    /// Goods without a mass in `year`, the last that has ended when absent, of the members that the actor may see.
    ///
    /// # Errors
    /// Of rights, catalogue and ledger.
    pub async fn open_goods(&self, actor: &Actor, year: Option<i16>) -> Result<OpenGoodsView, AppError> {
        self.allowed(actor, actor.is_of_the_cluster(), "goals.open", None)
            .await?;
        let snapshot = self.snapshot(None).await?;
        let config = self.cluster_config(snapshot.seq, None, None).await?;
        let year = year.unwrap_or(config.last_year);
        let key = (
            snapshot.seq,
            self.directory().await?.generation,
            digest_of(&config)?.0,
            year,
        );
        let find = async {
            Ok(self
                .with_goal_inputs(&snapshot, &config, |inputs| open_goods(inputs, year))
                .await??)
        };
        let found = self.cache.open_goods.of(key, find).await?;
        let readable = self.readable_members(actor).await?;
        let view = view(&found, snapshot.name(), |member| readable.contains(member))?;
        self.note_looks(actor, view.lines.iter().map(|line| &line.member), "goals.open")
            .await?;
        Ok(view)
    }

    /// Confirms that articles are no material, and posts the member's invoices again: what is chosen of those that wait.
    ///
    /// # Errors
    /// [`AppError::Input`] when nothing is chosen or nothing that waits is like it; of rights, disk and catalogue.
    pub async fn mark_not_material(
        &self,
        actor: &Actor,
        member: &MemberId,
        chosen: &NotMaterial,
        dry_run: bool,
        tell: &mut (dyn FnMut(&Progress) + Send),
    ) -> Result<ArticlesReport, AppError> {
        self.allowed(actor, actor.may_write(member), "articles.import", Some(member))
            .await?;
        if chosen.is_empty() {
            return Err(AppError::input(
                "nothing says which articles are no material",
                "name a seller, a word of the name or the number of an article",
            ));
        }
        let open = self.suggest_articles(actor, member).await?;
        let marked: Vec<Article> = open
            .iter()
            .filter(|found| chosen.names(&found.article))
            .map(marked)
            .collect();
        if marked.is_empty() {
            return Err(AppError::input(
                "no article that waits is like that",
                "`greenheart articles unresolved` lists them",
            ));
        }
        let file = self.staged_register(marked)?;
        let report = self.import_articles(actor, member, &file, dry_run, tell).await;
        std::fs::remove_file(&file).map_err(AppError::io(format!("removing `{}`", file.display())))?;
        report
    }

    /// A register as a table among the files that are on their way in.
    pub(crate) fn staged_register(
        &self,
        articles: impl IntoIterator<Item = Article>,
    ) -> Result<std::path::PathBuf, AppError> {
        let mut nonce = [0; 8];
        self.surroundings.entropy.fill(&mut nonce)?;
        let name = format!("article-{}.csv", hex::encode(nonce));
        let file = self.folder.staging().join(name);
        let table = write_table(&Register::new(articles), &[]);
        std::fs::write(&file, table).map_err(AppError::io(format!("writing `{}`", file.display())))?;
        Ok(file)
    }
}

fn marked(found: &Suggestion) -> Article {
    let item = match &*found.article.item {
        "" => Text::from("services"),
        _ => found.article.item.clone(),
    };
    Article {
        use_as: Use::NotMaterial,
        item,
        kg_per_unit: None,
        dry_permille: None,
        primary_permille: None,
        ..found.article.clone()
    }
}

fn view(found: &OpenGoods, snapshot: String, readable: impl Fn(&MemberId) -> bool) -> Result<OpenGoodsView, AppError> {
    let bought = &found.bought_nok;
    let own: Vec<_> = found.lines.iter().filter(|line| readable(&line.member)).collect();
    Ok(OpenGoodsView {
        snapshot,
        year: found.year,
        bought_nok: bought
            .iter()
            .filter(|(member, _)| readable(member))
            .try_fold(Amount::ZERO, |sum, (_, nok)| sum.checked_add(*nok))?,
        open_nok: own
            .iter()
            .try_fold(Amount::ZERO, |sum, line| sum.checked_add(line.amount_nok))?,
        lines: own
            .into_iter()
            .take(SHOWN)
            .map(|line| OpenGoodsLine {
                share: bought.get(&line.member).and_then(|whole| line.amount_nok.ratio(*whole)),
                member: line.member.clone(),
                line: line.line.clone(),
                amount_nok: line.amount_nok,
                mass_kg: line.mass_kg,
                rows: line.rows,
            })
            .collect(),
    })
}
