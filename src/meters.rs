//! The figures for Prometheus. Counters belong to a server, not to the process. Numbers that can be read at the moment
//! of a scrape (queues, jobs) have no counter.

use crate::error::{Error, Result, Step};
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::sync::Arc;
use std::time::Duration;

/// An operation as the API's document names it: `GET` and `/api/v2/campaigns/{id}`. A request that is not an operation
/// gets the path `none`, so that callers cannot create labels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    method: String,
    path: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    path: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    step: &'static str,
}

/// A queue and its length.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Queue {
    queue: &'static str,
}

/// A queue in front of the database.
#[derive(Clone, Debug)]
pub struct Door {
    pub name: &'static str,
    pub waits: Histogram,
    pub groups: Histogram,
}

#[derive(Clone)]
pub struct Meters {
    registry: Arc<Registry>,
    answered: Family<Answered, Counter>,
    seconds: Family<Operation, Histogram>,
    refused: Family<Refused, Counter>,
    queues: Family<Queue, Gauge>,
    /// Connections that are open.
    pub connections: Gauge,
    /// Connections that were refused because the limit was reached.
    pub shed: Counter,
}

impl Meters {
    pub fn new(doors: &[Door]) -> Self {
        let mut registry = Registry::with_prefix("gatepost");
        let meters = Meters {
            registry: Arc::default(),
            answered: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.0005, 4.0, 8))),
            refused: Family::default(),
            queues: Family::default(),
            connections: Gauge::default(),
            shed: Counter::default(),
        };
        registry.register("requests", "Answers, by operation and status", meters.answered.clone());
        registry.register_with_unit(
            "request_duration",
            "From the headers to the answer, by operation",
            Unit::Seconds,
            meters.seconds.clone(),
        );
        registry.register("refusals", "Refused requests, by the step that refused", meters.refused.clone());
        registry.register(
            "queue_depth",
            "Entries that wait: for the database, for the runner",
            meters.queues.clone(),
        );
        registry.register("connections", "Connections that are open", meters.connections.clone());
        registry.register("shed", "Connections refused because the limit was reached", meters.shed.clone());
        for door in doors {
            let labelled = registry.sub_registry_with_label(("door".into(), door.name.into()));
            let help = "How long callers waited for a thread or a connection";
            labelled.register_with_unit("database_wait", help, Unit::Seconds, door.waits.clone());
            labelled.register("commit_batch", "Writes that shared a COMMIT of SQLite", door.groups.clone());
        }
        Meters { registry: Arc::new(registry), ..meters }
    }

    pub fn answered(&self, method: &str, path: &str, status: u16, refused: Option<Step>, took: Duration) {
        let (method, path) = (method.to_owned(), path.to_owned());
        let operation = Operation { method: method.clone(), path: path.clone() };
        self.seconds.get_or_create(&operation).observe(took.as_secs_f64());
        self.answered.get_or_create(&Answered { method, path, status }).inc();
        if let Some(step) = refused {
            self.refused.get_or_create(&Refused { step: step.name() }).inc();
        }
    }

    /// The present length of a queue.
    pub fn waits(&self, queue: &'static str, waiting: i64) {
        self.queues.get_or_create(&Queue { queue }).set(waiting);
    }

    /// In the text format of OpenMetrics 1.0.
    pub fn text(&self) -> Result<String> {
        let mut text = String::new();
        encode(&mut text, &self.registry).map_err(Error::internal)?;
        Ok(text)
    }
}
