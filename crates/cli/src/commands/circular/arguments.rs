//! What stands behind `circular` on the command line.

use clap::{Args, Subcommand, ValueEnum};
use greenheart_app::circular::{IndicatorGroups, NetworkObjective};

/// `circular`.
#[derive(Debug, Subcommand)]
pub enum CircularCommand {
    /// What members have to spare or need.
    #[command(subcommand)]
    Streams(StreamCommand),
    /// Who might take what somebody has, and who might have what somebody needs, each with the reasons.
    Match {
        /// Only streams of this member.
        #[arg(long)]
        member: Option<String>,
        /// Only this stream.
        #[arg(long)]
        stream: Option<String>,
        /// Suggestions for a stream, at most.
        #[arg(long)]
        most: Option<usize>,
    },
    /// What is left over today, and where it goes.
    Today,
    /// The best network of exchanges, with the gap to what could be better at most.
    Network(NetworkArguments),
    /// A split of its gain, and who would leave.
    Split(NetworkArguments),
    /// Plants, pools, pumps and pipes that the network may use.
    #[command(subcommand)]
    Plants(PlantCommand),
    /// The next introductions to make, and why each would work.
    Introductions {
        /// So many at most.
        #[arg(long, default_value_t = 5)]
        most: usize,
    },
    /// Matches from idea to measured tonnes.
    #[command(subcommand)]
    Board(BoardCommand),
    /// Figures of circularity for a year: ESRS E5, VSME B7, resource draw, use rate, circularity indicator.
    Indicators {
        /// Told apart by member, site or material.
        #[arg(long, value_enum, default_value_t = By::Cluster)]
        by: By,
        /// Calendar year; the last one that ended when absent.
        #[arg(long)]
        year: Option<i16>,
        /// Only of this member.
        #[arg(long)]
        member: Option<String>,
    },
}

/// `circular plants`.
#[derive(Debug, Subcommand)]
pub enum PlantCommand {
    /// What the network may use now.
    List,
    /// Take in a file in place of the last one; `docs/guide/circular.md` describes it.
    Import {
        /// JSON.
        file: std::path::PathBuf,
    },
}

/// By what figures are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// Not at all.
    Cluster,
    /// By member.
    Member,
    /// By site.
    Site,
    /// By material.
    Material,
}

impl From<By> for IndicatorGroups {
    fn from(by: By) -> Self {
        match by {
            By::Cluster => Self::Cluster,
            By::Member => Self::Member,
            By::Site => Self::Site,
            By::Material => Self::Material,
        }
    }
}

/// `circular streams`.
#[derive(Debug, Subcommand)]
pub enum StreamCommand {
    /// The streams that you may see.
    List {
        /// Only of this member.
        #[arg(long)]
        member: Option<String>,
        /// Also what was refused or withdrawn.
        #[arg(long)]
        closed: bool,
    },
    /// Look through waste reports, purchases and trades for likely streams; they stay marked as guesses.
    Infer {
        /// Only of this member.
        #[arg(long)]
        member: Option<String>,
    },
    /// Add a stream.
    Add {
        /// Whose.
        #[arg(long)]
        member: String,
        /// What it is.
        #[command(flatten)]
        stream: StreamArguments,
    },
    /// Say that a guess is right.
    Confirm {
        /// Which stream.
        id: String,
        /// Who may see it from now on.
        #[arg(long, value_enum)]
        visible: Option<Visible>,
        /// Partners meant by `--visible partners`.
        #[arg(long)]
        partner: Vec<String>,
    },
    /// Say what a stream is instead.
    Correct {
        /// Which stream.
        id: String,
        /// What it is.
        #[command(flatten)]
        stream: StreamArguments,
    },
    /// Say that the member has no such stream; it is not guessed again.
    Deny {
        /// Which stream.
        id: String,
    },
    /// Take a stream back.
    Withdraw {
        /// Which stream.
        id: String,
    },
}

/// What a stream is.
#[derive(Debug, Args)]
pub struct StreamArguments {
    /// offer or want.
    #[arg(long, default_value = "offer")]
    pub direction: String,
    /// material, residue, water, heat, electricity or gas.
    #[arg(long, default_value = "residue")]
    pub kind: String,
    /// In words, Norwegian or English.
    #[arg(long)]
    pub text: String,
    /// Code of the list of waste.
    #[arg(long, value_name = "CODE")]
    pub waste_code: Option<String>,
    /// Code of the Combined Nomenclature.
    #[arg(long, value_name = "CODE")]
    pub cn: Option<String>,
    /// Site; the member's first one when absent.
    #[arg(long)]
    pub site: Option<String>,
    /// In a year, with its unit: `120 t`, `800 MWh`.
    #[arg(long)]
    pub yearly: Option<String>,
    /// NOK per tonne, MWh or thousand m³ that the taker pays; below zero the giver pays.
    #[arg(long, value_name = "NOK", allow_hyphen_values = true)]
    pub price: Option<String>,
    /// Farthest it may go or come from.
    #[arg(long, value_name = "KM")]
    pub max_km: Option<u32>,
    /// Measured range, or limit of a want: `chloride 0..0.1 %`.
    #[arg(long, value_name = "RANGE")]
    pub property: Vec<String>,
    /// Of heat: °C on the way out, or needed.
    #[arg(long, value_name = "C")]
    pub supply_c: Option<String>,
    /// Who may see it.
    #[arg(long, value_enum, default_value_t = Visible::Own)]
    pub visible: Visible,
    /// Partners meant by `--visible partners`.
    #[arg(long)]
    pub partner: Vec<String>,
}

/// Who may see a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Visible {
    /// The member alone.
    Own,
    /// Also the cluster manager.
    Facilitator,
    /// Other members see a band without a name.
    Band,
    /// Named partners.
    Partners,
    /// All members.
    Cluster,
    /// Everyone.
    Public,
}

/// What to make good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Objective {
    /// NOK against today.
    Net,
    /// kg CO2e.
    Co2e,
    /// Tonnes of primary material.
    Primary,
    /// Networks from the cheapest to the cleanest.
    Pareto,
}

impl From<Objective> for NetworkObjective {
    fn from(objective: Objective) -> Self {
        match objective {
            Objective::Net => Self::NetValue,
            Objective::Co2e => Self::Co2e,
            Objective::Primary => Self::Primary,
            Objective::Pareto => Self::Pareto,
        }
    }
}

/// `circular network` and `circular split`.
#[derive(Debug, Args)]
pub struct NetworkArguments {
    /// What to make good.
    #[arg(long, value_enum, default_value_t = Objective::Net)]
    pub objective: Objective,
    /// Road distance over great circle; 1.3 when absent.
    #[arg(long, value_name = "FACTOR")]
    pub road_factor: Option<String>,
    /// NOK per tonne-kilometre, loading included; 2 when absent.
    #[arg(long, value_name = "NOK")]
    pub transport_nok: Option<String>,
    /// NOK in a year for each exchange that is not signed yet; 20000 when absent.
    #[arg(long, value_name = "NOK")]
    pub fixed_nok: Option<String>,
    /// Most NOK in a year for all of those.
    #[arg(long, value_name = "NOK")]
    pub budget_nok: Option<String>,
    /// In a month nothing, or at least so many tonnes.
    #[arg(long, value_name = "TONNES")]
    pub lot_t: Option<String>,
    /// Farthest by road.
    #[arg(long, value_name = "KM")]
    pub max_km: Option<u32>,
    /// Also guesses that nobody has confirmed.
    #[arg(long)]
    pub include_inferred: bool,
    /// Seconds that the solver may take.
    #[arg(long, default_value_t = 20)]
    pub seconds: u32,
    /// Show the network that was designed last.
    #[arg(long)]
    pub last: bool,
}

/// `circular board`.
#[derive(Debug, Subcommand)]
pub enum BoardCommand {
    /// The matches that you may see.
    List {
        /// Only of this member.
        #[arg(long)]
        member: Option<String>,
        /// Also those that have ended.
        #[arg(long)]
        ended: bool,
    },
    /// Follow a match from now on, as an idea.
    Start {
        /// The offer.
        offer: String,
        /// Who takes.
        #[arg(long)]
        taker: String,
        /// The want that it meets.
        #[arg(long)]
        want: Option<String>,
        /// Who sees to it.
        #[arg(long)]
        owner: String,
        /// Promised tonnes a year.
        #[arg(long)]
        tonnes: String,
        /// Promised gain of both ends, NOK a year.
        #[arg(long, default_value = "0", allow_hyphen_values = true)]
        nok: String,
        /// Promised saving, kg CO2e a year.
        #[arg(long, default_value = "0", allow_hyphen_values = true)]
        co2e_kg: String,
    },
    /// Move a match to a stage: idea, contacted, tested, permit, contract, delivering, ended.
    Go {
        /// Which match.
        id: String,
        /// Where to.
        stage: String,
        /// Why; needed for going back and for ending.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Say what comes next, and by when.
    Plan {
        /// Which match.
        id: String,
        /// What.
        step: String,
        /// By when, `2026-03-01`.
        #[arg(long)]
        due: String,
    },
    /// Say who sees to it.
    Owner {
        /// Which match.
        id: String,
        /// Who.
        name: String,
    },
    /// Add a document.
    Document {
        /// Which match.
        id: String,
        /// Its name or reference.
        reference: String,
    },
    /// Answer a condition of the law, with its ground.
    Answer {
        /// Which match.
        id: String,
        /// Which condition, as the match names it.
        condition: String,
        /// It does not hold.
        #[arg(long)]
        no: bool,
        /// Why, or which document shows it.
        #[arg(long)]
        ground: String,
    },
    /// Look through the files of both ends for tonnes of what is signed or delivering.
    Fill {
        /// Only of this member.
        #[arg(long)]
        member: Option<String>,
    },
    /// Say since when it flows, where that was before the contract.
    Since {
        /// Which match.
        id: String,
        /// `2026-03`.
        month: String,
    },
    /// Record what one end weighed or invoiced in a month.
    Tonnes {
        /// Which match.
        id: String,
        /// `2026-03`.
        month: String,
        /// Tonnes by the giver's records.
        #[arg(long)]
        given: Option<String>,
        /// Tonnes by the taker's records.
        #[arg(long)]
        taken: Option<String>,
    },
}
