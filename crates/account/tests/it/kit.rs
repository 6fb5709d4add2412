//! Short ways to say a small cluster.

use std::collections::BTreeMap;

use greenheart_account::{Binder, MemberDirectory, Options, shipped};
use greenheart_model::{
    AccountRef, Activity, ActivityKind, Counterparty, Entry, FindingLog, Identifiers, ItemClass, Member, MemberId,
    Membership, Period, Role, RowPlace, SumKey, SumValues,
};
use greenheart_units::{Amount, Currency, Dimension, Reading};

pub const A: &str = "923609016";
pub const B: &str = "987654325";
pub const C: &str = "811143758";

pub fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

pub fn member(number: &str, joined: &str, employees: u32) -> Member {
    Member {
        id: MemberId::new(number),
        org_no: number.parse().unwrap(),
        name: format!("Member {number}"),
        nace: None,
        role: Role::Industry,
        membership: Membership {
            joined: joined.parse().unwrap(),
            left: None,
        },
        employees: Some(employees),
        fictional: true,
    }
}

pub fn activity(kind: ActivityKind, class: ItemClass, item: &str, period: &str) -> Activity {
    Activity {
        row_no: 1,
        place: RowPlace::default(),
        kind,
        class,
        item: item.into(),
        site: None,
        period: period.parse::<Period>().unwrap(),
        quantity: None,
        raw_quantity: None,
        amount: None,
        currency: Currency::NOK,
        counterparty: None,
        account: None,
        tax_code: None,
        waste_code: None,
        treatment: None,
        primary_permille: None,
        dry_permille: None,
        supplier_co2e: None,
        ambiguous_split: false,
        carriage: None,
        identifiers: Identifiers::default(),
    }
}

pub trait With: Sized {
    fn of(self, value: &str, dimension: Dimension) -> Self;
    fn nok(self, value: &str) -> Self;
    fn with(self, number: &str) -> Self;
    fn booked(self, code: &str) -> Self;
}

impl With for Activity {
    fn of(mut self, value: &str, dimension: Dimension) -> Self {
        self.quantity = Some(Reading::new(amount(value), dimension));
        self
    }
    fn nok(mut self, value: &str) -> Self {
        self.amount = Some(amount(value));
        self
    }
    fn with(mut self, number: &str) -> Self {
        self.counterparty = Some(Counterparty {
            org_no: Some(number.parse().unwrap()),
            ..Counterparty::default()
        });
        self
    }
    fn booked(mut self, code: &str) -> Self {
        let code: greenheart_model::Text = code.into();
        self.account = Some(AccountRef {
            id: code.clone(),
            grouping_category: "".into(),
            grouping_code: code,
        });
        self
    }
}

pub fn members() -> Vec<Member> {
    vec![
        member(A, "2015-01-01", 60),
        member(B, "2015-01-01", 40),
        member(C, "2015-01-01", 20),
    ]
}

pub fn binder(options: &Options) -> Binder {
    Binder::new(&shipped(), &MemberDirectory::new(&members()), options)
}

pub fn post(member: &str, activities: &[Activity]) -> (Vec<Entry>, FindingLog) {
    let (mut entries, mut findings) = (Vec::new(), FindingLog::default());
    binder(&Options::default()).post(&MemberId::new(member), activities, &mut entries, &mut findings);
    (entries, findings)
}

pub fn sums(posted: &[(&str, Vec<Activity>)]) -> Vec<(SumKey, SumValues)> {
    let mut sums: BTreeMap<SumKey, SumValues> = BTreeMap::new();
    for (member, activities) in posted {
        for entry in post(member, activities).0 {
            let slot = sums.entry(SumKey::of(&MemberId::new(member), &entry)).or_default();
            *slot = slot.checked_add(&SumValues::of(&entry)).unwrap();
        }
    }
    sums.into_iter().collect()
}
