//! The readings in one table, which is both the routes and the OpenAPI document.

use std::sync::Arc;

use axum::routing::{MethodRouter, get};
use serde_json::{Map, Value, json};

use super::circular::{self, CircularSuggestion, Exchange, Network, Stream};
use super::imports::{self, Begun, Import};
use super::problem::Problem;
use super::reads::{self, List};
use super::reads_account;
use super::reads_cluster;
use super::schema::Schema;
use super::wire::{Batch, Factor, Finding, Goals, Inventory, Job, Member, Release, ReleaseLine, Why};
use super::wire_account::{Change, Consolidated, Flow, OpenArticle, Owed, Product, Told};
use super::wire_cluster::{Article, FactorUse, OwnToken, Person, Site, Template, TodayFlow, Trail, WhatIf};
use crate::Pages;

/// One address: what it is, what it is asked with, what it answers, who handles it.
pub struct Reading {
    /// As the router writes it.
    pub address: &'static str,
    about: &'static str,
    asked: &'static [(&'static str, &'static str, &'static str)],
    answer: fn(&mut Map<String, Value>) -> Value,
    /// What answers.
    pub handler: fn() -> MethodRouter<Arc<Pages>>,
}

const LIMIT: (&str, &str, &str) = ("limit", "integer", "Things at most: 1 to 500, by default 100.");
const CURSOR: (&str, &str, &str) = ("cursor", "string", "`next` of the part before.");
const MEMBER: (&str, &str, &str) = (
    "member",
    "string",
    "One member; all that whoever asks may see when absent.",
);

const YEAR: (&str, &str, &str) = (
    "year",
    "integer",
    "Calendar year; the last one that has ended when absent.",
);
const BASIS: (&str, &str, &str) = ("basis", "string", "`location` (default) or `market`.");

/// Every reading.
pub const READINGS: &[Reading] = &[
    Reading {
        address: "/goals",
        about: "The three goals by year: live for those who lead, for everybody else the last release.",
        asked: &[("released", "boolean", "As everybody sees them.")],
        answer: Goals::schema,
        handler: || get(reads::goals),
    },
    Reading {
        address: "/inventory",
        about: "Emissions by scope, category and line.",
        asked: &[
            ("year", "integer", "Calendar year; the last one with rows when absent."),
            MEMBER,
            ("basis", "string", "`location` (default) or `market`."),
        ],
        answer: Inventory::schema,
        handler: || get(reads::inventory),
    },
    Reading {
        address: "/why/{*reference}",
        about: "Why a figure, a row, a batch or a factor is what it is; `reference` as any answer gives it.",
        asked: &[],
        answer: Why::schema,
        handler: || get(reads::why),
    },
    Reading {
        address: "/members",
        about: "Who is in the cluster.",
        asked: &[LIMIT, CURSOR],
        answer: List::<Member>::schema,
        handler: || get(reads::members),
    },
    Reading {
        address: "/batches",
        about: "What was handed in and counts.",
        asked: &[
            MEMBER,
            ("all", "boolean", "Also what was replaced or withdrawn."),
            LIMIT,
            CURSOR,
        ],
        answer: List::<Batch>::schema,
        handler: || get(reads::batches),
    },
    Reading {
        address: "/findings",
        about: "What was found in what counts.",
        asked: &[MEMBER, LIMIT, CURSOR],
        answer: List::<Finding>::schema,
        handler: || get(reads::findings),
    },
    Reading {
        address: "/jobs",
        about: "Jobs of the own member, the last thousand.",
        asked: &[LIMIT, CURSOR],
        answer: List::<Job>::schema,
        handler: || get(reads::jobs),
    },
    Reading {
        address: "/imports/{job}",
        about: "How far an import of the own member is, and what came of it.",
        asked: &[],
        answer: Import::schema,
        handler: || get(imports::show),
    },
    Reading {
        address: "/releases",
        about: "Releases: what members see of each other, the newest first.",
        asked: &[],
        answer: List::<ReleaseLine>::schema,
        handler: || get(reads::releases),
    },
    Reading {
        address: "/releases/{number}",
        about: "A release with its tables, and why what is withheld is; `last` is a number too.",
        asked: &[],
        answer: Release::schema,
        handler: || get(reads::release),
    },
    Reading {
        address: "/factors",
        about: "The factor library.",
        asked: &[("search", "string", "Words."), LIMIT, CURSOR],
        answer: List::<Factor>::schema,
        handler: || get(reads::factors),
    },
    Reading {
        address: "/circular/streams",
        about: "What members have to spare or need, each as its holder shows it.",
        asked: &[MEMBER, LIMIT, CURSOR],
        answer: List::<Stream>::schema,
        handler: || get(circular::streams),
    },
    Reading {
        address: "/circular/suggestions",
        about: "Partners suggested for the streams that whoever asks sees in whole, with reasons.",
        asked: &[MEMBER, LIMIT, CURSOR],
        answer: List::<CircularSuggestion>::schema,
        handler: || get(circular::suggestions),
    },
    Reading {
        address: "/circular/network",
        about: "The best network of exchanges as it was designed last; for those who lead.",
        asked: &[],
        answer: Network::schema,
        handler: || get(circular::network),
    },
    Reading {
        address: "/circular/board",
        about: "Exchanges from idea to measured tonnes.",
        asked: &[MEMBER, LIMIT, CURSOR],
        answer: List::<Exchange>::schema,
        handler: || get(circular::board),
    },
    Reading {
        address: "/change",
        about: "Why an account changed between two years.",
        asked: &[
            ("from", "integer", "Earlier year; the base year when absent."),
            ("to", "integer", "Later year; the last one that has ended when absent."),
            (
                "member",
                "string",
                "One member; the own one, else the cluster, when absent.",
            ),
            BASIS,
        ],
        answer: Change::schema,
        handler: || get(reads_account::change),
    },
    Reading {
        address: "/consolidated",
        about: "The cluster's account without double counting.",
        asked: &[YEAR, BASIS],
        answer: Consolidated::schema,
        handler: || get(reads_account::consolidated),
    },
    Reading {
        address: "/products",
        about: "What the products of members carry.",
        asked: &[YEAR, BASIS, LIMIT, CURSOR],
        answer: List::<Product>::schema,
        handler: || get(reads_account::products),
    },
    Reading {
        address: "/flows",
        about: "Trade between members, as both sides' books tell it.",
        asked: &[YEAR, LIMIT, CURSOR],
        answer: List::<Flow>::schema,
        handler: || get(reads_account::flows),
    },
    Reading {
        address: "/campaign",
        about: "Who owes which data.",
        asked: &[YEAR, LIMIT, CURSOR],
        answer: List::<Owed>::schema,
        handler: || get(reads_account::campaign),
    },
    Reading {
        address: "/completeness",
        about: "Months of each kind of data that were told.",
        asked: &[MEMBER, LIMIT, CURSOR],
        answer: List::<Told>::schema,
        handler: || get(reads_account::completeness),
    },
    Reading {
        address: "/articles",
        about: "Articles of a member's invoices that count as nothing yet.",
        asked: &[("member", "string", "Whose; the own one when absent."), LIMIT, CURSOR],
        answer: List::<OpenArticle>::schema,
        handler: || get(reads_account::articles),
    },
    Reading {
        address: "/sites",
        about: "Sites of members, and whether they count in the goals.",
        asked: &[MEMBER, LIMIT, CURSOR],
        answer: List::<Site>::schema,
        handler: || get(reads_cluster::sites),
    },
    Reading {
        address: "/people",
        about: "Accounts: all for those who lead, those of the own member for its administrator.",
        asked: &[LIMIT, CURSOR],
        answer: List::<Person>::schema,
        handler: || get(reads_cluster::people),
    },
    Reading {
        address: "/tokens",
        about: "Tokens of the own account, without their secrets.",
        asked: &[LIMIT, CURSOR],
        answer: List::<OwnToken>::schema,
        handler: || get(reads_cluster::tokens),
    },
    Reading {
        address: "/audit",
        about: "Who did and saw what, newest first: of the own member, or all for those who lead.",
        asked: &[MEMBER, LIMIT, CURSOR],
        answer: List::<Trail>::schema,
        handler: || get(reads_cluster::audit),
    },
    Reading {
        address: "/jobs/{job}",
        about: "How far a job is: of the own member, or one of the cluster for those who lead.",
        asked: &[],
        answer: Job::schema,
        handler: || get(reads_cluster::job),
    },
    Reading {
        address: "/articles/register",
        about: "Confirmed articles of a member: what they weigh, what they are for, how much is primary.",
        asked: &[("member", "string", "Whose; the own one when absent."), LIMIT, CURSOR],
        answer: List::<Article>::schema,
        handler: || get(reads_cluster::register),
    },
    Reading {
        address: "/factors/use",
        about: "Which factor sets are used, which years are sealed, and what binding again would change.",
        asked: &[],
        answer: FactorUse::schema,
        handler: || get(reads_cluster::factor_use),
    },
    Reading {
        address: "/what-if",
        about: "What a change at one member does to the cluster and to those it delivers to; for oneself, and for those who lead.",
        asked: &[
            YEAR,
            ("member", "string", "Whose emissions change; the own one when absent."),
            (
                "direct_kg",
                "string",
                "kg CO2e added to its scope 1; negative for a cut.",
            ),
            (
                "upstream_kg",
                "string",
                "kg CO2e added to what it buys; negative for a cut.",
            ),
        ],
        answer: WhatIf::schema,
        handler: || get(reads_cluster::what_if),
    },
    Reading {
        address: "/templates",
        about: "Tables to fill in.",
        asked: &[LIMIT, CURSOR],
        answer: List::<Template>::schema,
        handler: || get(reads_cluster::tables),
    },
    Reading {
        address: "/circular/today",
        about: "What is left over today and where it goes, the largest first.",
        asked: &[LIMIT, CURSOR],
        answer: List::<TodayFlow>::schema,
        handler: || get(reads_cluster::today),
    },
    Reading {
        address: "/circular/streams/{stream}",
        about: "One stream, as its holder shows it.",
        asked: &[],
        answer: Stream::schema,
        handler: || get(reads_cluster::stream),
    },
    Reading {
        address: "/circular/board/{exchange}",
        about: "One exchange.",
        asked: &[],
        answer: Exchange::schema,
        handler: || get(reads_cluster::exchange),
    },
];

/// The document: OpenAPI 3.1.
pub fn document() -> Value {
    let mut named = Map::new();
    let problem = Problem::schema(&mut named);
    let mut paths: Map<String, Value> = READINGS
        .iter()
        .map(|reading| {
            let address = reading.address.replace("{*", "{");
            (address, json!({ "get": operation(reading, &problem, &mut named) }))
        })
        .collect();
    let begun = Begun::schema(&mut named);
    paths.insert("/imports".into(), json!({ "post": handing_in(&begun, &problem) }));
    paths.insert(
        "/imports/{job}/confirm".into(),
        json!({ "post": confirming(&begun, &problem) }),
    );
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "GreenHeart",
            "version": "1",
            "description": "What the pages show, as JSON: decimals are strings, lists are cut by a cursor, errors are problem+json.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/api/v1" }],
        "security": [{ "token": [] }, {}],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": named,
        },
    })
}

fn operation(reading: &Reading, problem: &Value, named: &mut Map<String, Value>) -> Value {
    let words: Vec<&str> = reading
        .address
        .split('/')
        .filter(|word| !word.is_empty() && !word.starts_with('{'))
        .collect();
    let name = words.join("_");
    let of_one = reading.address.contains('{') && name != "why";
    let name = if of_one { name.trim_end_matches('s') } else { &name };
    let mut parameters: Vec<Value> = reading
        .asked
        .iter()
        .map(|(name, kind, about)| {
            json!({ "name": name, "in": "query", "description": about, "schema": { "type": kind } })
        })
        .collect();
    parameters.extend(in_path(reading.address));
    json!({
        "operationId": name,
        "summary": reading.about,
        "parameters": parameters,
        "responses": {
            "200": {
                "description": "The answer.",
                "headers": { "ETag": { "schema": { "type": "string" } } },
                "content": { "application/json": { "schema": (reading.answer)(named) } },
            },
            "304": { "description": "Nothing has changed since `If-None-Match`." },
            "default": {
                "description": "It was refused, or failed.",
                "content": { "application/problem+json": { "schema": problem } },
            },
        },
    })
}

/// Parameters that an address holds.
fn in_path(address: &str) -> Option<Value> {
    let name = address.split_once('{')?.1.split_once('}')?.0.trim_start_matches('*');
    Some(json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
}

fn handing_in(begun: &Value, problem: &Value) -> Value {
    json!({
        "operationId": "import_files",
        "summary": "Hands in files of the own member and reads them on trial; nothing counts before it is confirmed.",
        "security": [{ "token": [] }],
        "requestBody": {
            "required": true,
            "content": { "multipart/form-data": { "schema": {
                "type": "object",
                "required": ["files"],
                "properties": { "files": { "type": "array", "items": { "type": "string", "format": "binary" } } },
            } } },
        },
        "responses": accepted(begun, problem),
    })
}

fn confirming(begun: &Value, problem: &Value) -> Value {
    json!({
        "operationId": "confirm_import",
        "summary": "Takes in what was read on trial.",
        "security": [{ "token": [] }],
        "parameters": [
            in_path("/imports/{job}/confirm"),
            {
                "name": "overlap",
                "in": "query",
                "description": "Where something covers the same: `ask` (default), `supersede` or `add`.",
                "schema": { "type": "string" },
            },
        ],
        "responses": accepted(begun, problem),
    })
}

fn accepted(begun: &Value, problem: &Value) -> Value {
    json!({
        "202": {
            "description": "It was begun; `Location` says how far it is.",
            "content": { "application/json": { "schema": begun } },
        },
        "default": {
            "description": "It was refused, or failed.",
            "content": { "application/problem+json": { "schema": problem } },
        },
    })
}
