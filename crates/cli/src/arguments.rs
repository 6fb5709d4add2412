//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use greenheart_app::Capacity;

use crate::language::Tongue;
use crate::output::Format;

/// Where a green industrial cluster stands against its goals, from the files its companies already have.
#[derive(Debug, Parser)]
#[command(name = "greenheart", version, max_term_width = 100)]
pub struct Arguments {
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Data folder.
    #[arg(long, global = true, env = "GREENHEART_DATA", default_value = "greenheart-data")]
    pub data: PathBuf,
    /// In which capacity: operator, facilitator, auditor, public, admin:MEMBER, contributor:MEMBER.
    #[arg(long = "as", global = true, value_name = "CAPACITY", default_value = "operator")]
    pub capacity: Capacity,
    /// Account name for the audit trail.
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "GREENHEART_ACTOR",
        default_value = "local"
    )]
    pub actor: String,
    /// Form of the result.
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Language of tables and sentences.
    #[arg(long, global = true, value_enum, env = "GREENHEART_LANG", default_value_t = Tongue::En)]
    pub lang: Tongue,
    /// Configuration file, instead of `greenheart.toml` in the data folder.
    #[arg(long, global = true, value_name = "FILE", env = "GREENHEART_CONFIG")]
    pub config: Option<PathBuf>,
    /// One setting, over file and environment: `--set import.tail_rows=1000`.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    pub settings: Vec<String>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the fictional demonstration cluster, import its files, show the goals and the pages.
    Demo(DemoArguments),
    /// Show the pages.
    Serve {
        /// Address to listen at.
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// Cookies travel over https only: a proxy in front speaks https with the browsers.
        #[arg(long)]
        https: bool,
    },
    /// Make an empty installation.
    Init {
        /// Name of the cluster.
        #[arg(long, default_value = "GreenHeart")]
        name: String,
        /// Base year of the goals; the first complete year when absent.
        #[arg(long)]
        base_year: Option<i16>,
    },
    /// Change the name, the base year or the carbon prices of the cluster.
    Cluster(ClusterArguments),
    /// Members of the cluster.
    #[command(subcommand)]
    Member(MemberCommand),
    /// Sites of members.
    #[command(subcommand)]
    Site(SiteCommand),
    /// Take in files.
    Import(ImportArguments),
    /// Reduce an accounting file on your own machine to account by month by counterparty-if-member, and see row by row
    /// what would leave it. Needs no installation.
    Extract {
        /// The accounting file, or its parts.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Any list with organisation numbers of the members; by default those of the data folder.
        #[arg(long, value_name = "LIST")]
        members: Option<PathBuf>,
        /// Write the reduced file here; it imports like any file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Write the CO2 of what you sell into your own outgoing invoices (EHF, Peppol). Needs no installation.
    InvoiceCo2 {
        /// The invoices; they stay as they are.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Table of articles with kg CO2e per invoiced unit.
        #[arg(long, value_name = "TABLE")]
        factors: PathBuf,
        /// Folder for the invoices with CO2.
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
    },
    /// The data campaign: who owes what for which period, and what stands on an estimate.
    Campaign(CampaignArguments),
    /// Type in one row of evidence, or an estimate with a day on which it expires.
    Enter(EnterArguments),
    /// Trade between members, as the books of both sides tell it.
    Flows {
        /// The year; by default the last one that ended.
        #[arg(long)]
        year: Option<i16>,
    },
    /// Releases: what members see of each other, and what was withheld.
    #[command(subcommand)]
    Release(ReleaseCommand),
    /// People who log in to the pages: the first one is invited here.
    #[command(subcommand)]
    People(crate::commands::PeopleCommand),
    /// Write the published table templates to a folder.
    Templates {
        /// Where to.
        folder: PathBuf,
    },
    /// List import sets.
    Batches {
        /// Only of this member.
        #[arg(long)]
        member: Option<String>,
        /// Also what is superseded or withdrawn.
        #[arg(long)]
        all: bool,
    },
    /// Take an import set out of every figure; its history stays.
    Withdraw {
        /// Identifier of the batch.
        batch: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Post every visible batch again, with today's factors, rules and members; writes a new generation.
    Repost {
        /// Show the difference and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Emissions by member, scope, category and line.
    Inventory(InventoryArguments),
    /// The three goals by year.
    Goals(GoalArguments),
    /// The cluster's account by product footprints, each tonne once: totals, members, deliveries between them.
    Consolidate(SpreadArguments),
    /// What the products of members carry, and how it is known.
    Products(SpreadArguments),
    /// Why the account changed between two years, in effects that add up exactly.
    Change(ChangeArguments),
    /// Whether durable removals reach the consolidated account, and whether the cluster pays its way.
    Positive(PositiveArguments),
    /// What a cut of one member does to the footprints of its customers.
    WhatIf(WhatIfArguments),
    /// Vehicle routing on files of the public sets or our JSON: solve, check, draw.
    #[command(subcommand)]
    Route(RouteCommand),
    /// Why a figure is what it is: opens a reference that another command printed.
    Why {
        /// `fig:…`, `row:…`, `batch:…` or `factor:…`.
        reference: String,
    },
    /// Say how a table would be read, as a mapping to save and change.
    Sniff {
        /// The table.
        file: PathBuf,
    },
    /// The factor library.
    #[command(subcommand)]
    Factors(FactorCommand),
    /// What the articles on a member's invoices weigh, are made of and are for: what makes goal 3 possible.
    #[command(subcommand)]
    Articles(ArticleCommand),
    /// Who can use what others have to spare: streams, suggestions, the best network, a fair split, the board.
    #[command(subcommand)]
    Circular(crate::commands::CircularCommand),
    /// Seal a year that is over: it keeps the factors it has; without a year, the seals.
    Seal {
        /// Calendar year.
        year: Option<i16>,
    },
    /// Whether the ledger is whole.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Copy a live installation to a folder that can be restored.
    Backup {
        /// An empty or absent folder.
        folder: PathBuf,
    },
    /// Bring a backup back into a new data folder.
    Restore {
        /// The backup.
        folder: PathBuf,
        /// Check the backup, and the result, hash by hash.
        #[arg(long)]
        verify: bool,
    },
    /// Bring the data folder to the format of this program.
    Upgrade {
        /// Say what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// Explain what is wrong with an installation, and remove leftovers.
    Doctor {
        /// Remove orphans and unfinished work.
        #[arg(long)]
        fix: bool,
    },
    /// Who did and saw what.
    Audit {
        /// Only looks at, and acts on, this member.
        #[arg(long)]
        member: Option<String>,
        /// Most recent first, at most so many.
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// Jobs, newest first.
    Jobs {
        /// At most so many.
        #[arg(long, default_value_t = 20)]
        limit: i64,
    },
    /// Run one job; started by other commands.
    #[command(hide = true)]
    Worker {
        /// Identifier of the job.
        #[arg(long)]
        job: String,
    },
}

/// `demo`.
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Print the goals and end, without pages.
    #[arg(long, conflicts_with = "listen")]
    pub no_serve: bool,
    /// Show the pages at this address instead of 127.0.0.1:8080.
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Make the demonstration again, also where one lies already.
    #[arg(long)]
    pub fresh: bool,
    /// Five members from three industries instead of the whole cluster.
    #[arg(long)]
    pub small: bool,
    /// Seed of the generator.
    #[arg(long, default_value_t = 2026)]
    pub seed: u64,
}

/// `member`.
#[derive(Debug, Subcommand)]
pub enum MemberCommand {
    /// Add or change a member.
    Add {
        /// Organisation number.
        org_no: String,
        /// Name.
        #[arg(long)]
        name: String,
        /// industry, waste, energy, water, logistics, construction, finance, public or research.
        #[arg(long, default_value = "industry")]
        role: String,
        /// Industry code.
        #[arg(long)]
        nace: Option<String>,
        /// People employed.
        #[arg(long)]
        employees: Option<u32>,
        /// First day of membership.
        #[arg(long, default_value = "1990-01-01")]
        joined: String,
        /// Last day of membership.
        #[arg(long)]
        left: Option<String>,
    },
    /// List members.
    List,
    /// State which share of a member's books belongs inside the boundary.
    Key {
        /// The member.
        member: String,
        /// Zero to one.
        #[arg(long)]
        share: String,
        /// From this day on.
        #[arg(long)]
        from: String,
        /// What it rests on.
        #[arg(long)]
        evidence: String,
    },
    /// Choose who may see a member's named figures: own, facilitator, cluster or public.
    Visibility {
        /// The member.
        member: String,
        /// own, facilitator, cluster or public.
        level: String,
    },
    /// Destroy a member's key and remove its rows. Cannot be undone.
    Erase {
        /// The member.
        member: String,
        /// Its name again, to be sure.
        #[arg(long)]
        confirm: String,
    },
}

/// `site`.
#[derive(Debug, Subcommand)]
pub enum SiteCommand {
    /// Add or change a site.
    Add {
        /// The member.
        member: String,
        /// Identifier, unique in the cluster.
        id: String,
        /// Name.
        #[arg(long)]
        name: String,
        /// Sub-unit number (underenhet).
        #[arg(long)]
        sub_unit: Option<String>,
        /// Decimal degrees north.
        #[arg(long, requires = "longitude", allow_hyphen_values = true)]
        latitude: Option<String>,
        /// Decimal degrees east.
        #[arg(long, requires = "latitude", allow_hyphen_values = true)]
        longitude: Option<String>,
        /// Four-digit municipality number.
        #[arg(long)]
        municipality: Option<String>,
        /// The site lies outside the boundary of the goals.
        #[arg(long)]
        outside: bool,
    },
    /// List sites.
    List,
}

/// `import`.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// Files; parts of one accounting export belong together.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Read and check, store nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Whose files they are; accounting files say so themselves.
    #[arg(long)]
    pub member: Option<String>,
    /// Replace what covers the same.
    #[arg(long, conflicts_with = "add")]
    pub supersede: bool,
    /// Keep what covers the same, and add.
    #[arg(long)]
    pub add: bool,
    /// All accounting files are parts of one export, whatever their names say.
    #[arg(long)]
    pub together: bool,
    /// Column mapping: a JSON file, or the name of a saved one.
    #[arg(long)]
    pub mapping: Option<String>,
    /// Save the mapping under this name.
    #[arg(long)]
    pub save_mapping: Option<String>,
    /// What the file covers completely: `energy:2024`, `waste:2024-01-01..2024-06-30`.
    #[arg(long, value_name = "KIND:PERIOD")]
    pub coverage: Vec<String>,
}

/// `campaign`.
#[derive(Debug, Args)]
pub struct CampaignArguments {
    /// The year; by default the last one that ended.
    #[arg(long)]
    pub year: Option<i16>,
    /// Write a letter to each member that owes something.
    #[arg(long)]
    pub reminders: bool,
    /// The day that the letters name.
    #[arg(long, value_name = "DAY", requires = "reminders")]
    pub due: Option<String>,
}

/// `enter`.
#[derive(Debug, Args)]
pub struct EnterArguments {
    /// The member.
    pub member: String,
    /// Kind of activity: electricity, fuel, material_input, waste, transport, …
    pub kind: String,
    /// When: `2024`, `2024-03` or two days.
    pub period: String,
    /// What it is of: `diesel`, `steel`, `wood waste`.
    #[arg(long, default_value = "")]
    pub item: String,
    /// How much.
    #[arg(long, requires = "unit")]
    pub quantity: Option<String>,
    /// Unit of the quantity.
    #[arg(long)]
    pub unit: Option<String>,
    /// NOK without VAT.
    #[arg(long, allow_hyphen_values = true)]
    pub amount: Option<String>,
    /// Organisation number of the other side.
    #[arg(long)]
    pub counterparty: Option<String>,
    /// Site, by identifier or name.
    #[arg(long)]
    pub site: Option<String>,
    /// Code of the waste.
    #[arg(long)]
    pub waste_code: Option<String>,
    /// What became of the waste.
    #[arg(long)]
    pub treatment: Option<String>,
    /// Share of primary material, %.
    #[arg(long)]
    pub primary_share: Option<String>,
    /// What it rests on: a bill, a reading, whose guess.
    #[arg(long)]
    pub evidence: String,
    /// It tells all of its kind in the period.
    #[arg(long)]
    pub complete: bool,
    /// It is an estimate of the whole period, and may stand until this day.
    #[arg(long, value_name = "DAY")]
    pub estimate_until: Option<String>,
    /// Replace what covers the same.
    #[arg(long, conflicts_with = "add")]
    pub supersede: bool,
    /// Keep what covers the same, and add.
    #[arg(long)]
    pub add: bool,
}

/// `inventory`.
#[derive(Debug, Args)]
pub struct InventoryArguments {
    /// Year.
    #[arg(long)]
    pub year: Option<i16>,
    /// Only this member.
    #[arg(long)]
    pub member: Option<String>,
    /// location or market.
    #[arg(long, default_value = "location")]
    pub basis: String,
    /// ar4, ar5 or ar6.
    #[arg(long, default_value = "ar6")]
    pub gwp: String,
}

/// `release`.
#[derive(Debug, Subcommand)]
pub enum ReleaseCommand {
    /// Compute the declared tables from today's ledger, withhold what would give a member away, and keep the rest.
    Compute,
    /// Every release.
    List,
    /// One release.
    Show {
        /// Its number; the last one when absent.
        number: Option<i64>,
    },
}

/// `goals`.
#[derive(Debug, Args)]
pub struct GoalArguments {
    /// Base year; by default the one of the cluster.
    #[arg(long)]
    pub base_year: Option<i16>,
    /// ar4, ar5 or ar6.
    #[arg(long, default_value = "ar6")]
    pub gwp: String,
    /// At an earlier snapshot, such as `s12`.
    #[arg(long)]
    pub at: Option<String>,
    /// Release today's goals to members and the public.
    #[arg(long)]
    pub release: bool,
}

/// `factors`.
#[derive(Debug, Subcommand)]
pub enum FactorCommand {
    /// Find factors of the current set by words, Norwegian or English; all of them without words.
    Search {
        /// Words.
        words: Vec<String>,
    },
    /// Sets in the library, and how many factors each has by group and region.
    Sets,
    /// What separates two sets.
    Compare {
        /// Version of the older one.
        old: String,
        /// Version of the newer one.
        new: String,
    },
    /// Read a publication or a table of our own into the library; postings go on using the current set.
    Import {
        /// Its files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Name of the set.
        #[arg(long)]
        version: Option<String>,
    },
    /// Make postings with a set from now on, laid over the one in use.
    Use {
        /// Version of a set of the library.
        set: String,
        /// Its factors of this region only: ISO 3166 country, EU or GLO.
        #[arg(long)]
        country: Option<String>,
        /// For activities from this year on.
        #[arg(long, value_name = "YEAR")]
        from_year: Option<i16>,
    },
    /// Compare what is posted with what the factors in use would make of it; accept it with `--accept`.
    Rebind {
        /// Make the comparison that was shown last count.
        #[arg(long)]
        accept: bool,
        /// Show what was accepted so far.
        #[arg(long, conflicts_with = "accept")]
        accepted: bool,
    },
}

/// `articles`.
#[derive(Debug, Subcommand)]
pub enum ArticleCommand {
    /// Propose articles from a member's invoices, the weightiest first.
    Suggest {
        /// The member.
        member: String,
    },
    /// List what is confirmed.
    List {
        /// The member.
        member: String,
    },
    /// Write proposals and register as a table: correct it, write `yes` behind what is right, and import it.
    Export {
        /// The member.
        member: String,
        /// The table to write.
        file: PathBuf,
    },
    /// Take in the filled-in table, and post the member's invoices again by it.
    Import {
        /// The member.
        member: String,
        /// The table.
        file: PathBuf,
        /// Show what would change, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Say of many articles at once that they are no material: services, fees, rents. What is given must all hold.
    NotMaterial {
        /// The member.
        member: String,
        /// Of this seller: organisation number, or the name in its place.
        #[arg(long)]
        seller: Vec<String>,
        /// With this word in the name.
        #[arg(long)]
        word: Vec<String>,
        /// With this number.
        #[arg(long)]
        article: Vec<String>,
        /// Show what would change, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// What still counts as nothing in goal 3, by weight of effect.
    Unresolved {
        /// Only of this member.
        member: Option<String>,
    },
}

/// `ledger`.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Check the hash chain, every segment and every source file.
    Verify,
    /// Merge small segments and the tail.
    Compact,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}

/// Vehicle routing on files.
#[derive(Debug, Subcommand)]
pub enum RouteCommand {
    /// Search tours for a problem; the format of the file is recognised.
    Solve(RouteSolve),
    /// Check a solution against its problem, with a checker that shares no code with the search.
    Check {
        /// The problem.
        file: PathBuf,
        /// The solution: JSON, or routes as CVRPLIB writes them.
        solution: PathBuf,
        /// Rounding of straight lines, instead of the set's convention.
        #[arg(long, value_enum)]
        round: Option<RouteRounding>,
    },
    /// Draw a solution as SVG.
    Picture {
        /// The problem.
        file: PathBuf,
        /// The solution.
        solution: PathBuf,
        /// The picture to write.
        out: PathBuf,
    },
}

/// What to search, and for how long.
#[derive(Debug, Args)]
pub struct RouteSolve {
    /// The problem.
    pub file: PathBuf,
    /// Seconds to search.
    #[arg(long, default_value_t = 20.0)]
    pub time: f64,
    /// Seed of every random choice.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Threads; problems above some thousand stops use more than one.
    #[arg(long, default_value_t = 1)]
    pub threads: usize,
    /// Rounding of straight lines, instead of the set's convention.
    #[arg(long, value_enum)]
    pub round: Option<RouteRounding>,
    /// Buy any number of vehicles of each type, where a set leaves both readings open.
    #[arg(long)]
    pub free_fleet: bool,
    /// Start from this solution.
    #[arg(long, value_name = "SOLUTION")]
    pub start: Option<PathBuf>,
    /// Start from this solution and change it only where that pays.
    #[arg(long, value_name = "SOLUTION", conflicts_with = "start")]
    pub keep_plan: Option<PathBuf>,
    /// What it must save to move one job to another tour than it has in the kept plan, in the unit of the objective.
    #[arg(long, value_name = "COST", requires = "keep_plan", default_value_t = 1.0)]
    pub change_penalty: f64,
    /// Plans from the cheapest to the cleanest, at most so many; the time is shared among them.
    #[arg(long, value_name = "PLANS", conflicts_with = "keep_plan", value_parser = clap::value_parser!(u16).range(2..=50))]
    pub pareto: Option<u16>,
}

/// Rounding of straight lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum RouteRounding {
    /// To the nearest integer.
    Integer,
    /// Down to one decimal.
    Trunc1,
    /// Not at all.
    Exact,
}

/// Which account of the cluster.
#[derive(Debug, Args)]
pub struct AccountArguments {
    /// location or market.
    #[arg(long, default_value = "location")]
    pub basis: String,
    /// ar4, ar5 or ar6.
    #[arg(long, default_value = "ar6")]
    pub gwp: String,
    /// Snapshot, such as s12; today's when absent.
    #[arg(long)]
    pub at: Option<String>,
}

/// Which year of it.
#[derive(Debug, Args)]
pub struct YearArguments {
    /// Year; the last one that has ended when absent.
    #[arg(long)]
    pub year: Option<i16>,
    /// Which account.
    #[command(flatten)]
    pub account: AccountArguments,
}

/// Which year, and how its spread is found.
#[derive(Debug, Args)]
pub struct SpreadArguments {
    /// Which year.
    #[command(flatten)]
    pub year: YearArguments,
    /// Draw so many samples for P5, P50 and P95 instead of spreading by first order.
    #[arg(long, value_name = "N")]
    pub samples: Option<u64>,
    /// The same seed draws the same samples.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// `change`.
#[derive(Debug, Args)]
pub struct ChangeArguments {
    /// Earlier year.
    #[arg(long)]
    pub from: i16,
    /// Later year.
    #[arg(long)]
    pub to: i16,
    /// Only this member, with its own output as activity.
    #[arg(long)]
    pub member: Option<String>,
    /// Snapshot in which the earlier year was published: what became of it since stands as data and method.
    #[arg(long, value_name = "SNAPSHOT")]
    pub published: Option<String>,
    /// Which account.
    #[command(flatten)]
    pub account: AccountArguments,
}

/// `what-if`.
#[derive(Debug, Args)]
pub struct WhatIfArguments {
    /// Whose emissions change.
    #[arg(long)]
    pub member: String,
    /// Tonnes added to its scope 1; negative for a cut.
    #[arg(long, default_value = "0", allow_hyphen_values = true, value_name = "TONNES")]
    pub direct_t: String,
    /// Tonnes added to what it buys from outside; negative for a cut.
    #[arg(long, default_value = "0", allow_hyphen_values = true, value_name = "TONNES")]
    pub upstream_t: String,
    /// Which account.
    #[command(flatten)]
    pub year: YearArguments,
}

/// `positive`. Amounts are in tonnes and kroner.
#[derive(Debug, Args)]
pub struct PositiveArguments {
    /// Emissions of the removals themselves, tonnes.
    #[arg(long, default_value = "0", value_name = "TONNES")]
    pub life_cycle_t: String,
    /// Caused elsewhere by them, tonnes.
    #[arg(long, default_value = "0", value_name = "TONNES")]
    pub leakage_t: String,
    /// Lost again in the year, tonnes.
    #[arg(long, default_value = "0", value_name = "TONNES")]
    pub reversals_t: String,
    /// Sold, or claimed by somebody else, tonnes.
    #[arg(long, default_value = "0", value_name = "TONNES")]
    pub claimed_elsewhere_t: String,
    /// Price of carbon, NOK a tonne.
    #[arg(long, value_name = "NOK", requires = "price_path")]
    pub carbon_price: Option<String>,
    /// Name of the path that the price is of.
    #[arg(long, value_name = "NAME")]
    pub price_path: Option<String>,
    /// Value added of the panel, NOK; by the members' books when it is not stated.
    #[arg(long, value_name = "NOK")]
    pub value_added: Option<String>,
    /// Carbon cost that it has paid already, NOK.
    #[arg(long, default_value = "0", value_name = "NOK")]
    pub carbon_paid: String,
    /// Which account.
    #[command(flatten)]
    pub year: YearArguments,
}

/// Choices of the cluster.
#[derive(Debug, Args)]
pub struct ClusterArguments {
    /// Name of the cluster.
    #[arg(long)]
    pub name: Option<String>,
    /// Base year of the goals.
    #[arg(long)]
    pub base_year: Option<i16>,
    /// Table with the columns `year` and `nok_per_t`: what a tonne of CO2e costs, for what is left of value added beside goal 2.
    #[arg(long, value_name = "TABLE", requires = "price_path", requires = "price_source")]
    pub carbon_prices: Option<PathBuf>,
    /// Name of the path that the prices are of.
    #[arg(long, value_name = "NAME", requires = "carbon_prices")]
    pub price_path: Option<String>,
    /// Publication that the prices stand in.
    #[arg(long, value_name = "TEXT", requires = "carbon_prices")]
    pub price_source: Option<String>,
}
