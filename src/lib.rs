//! Gatepost. The modules in the order of their dependencies: each may use those above it, and the three in the
//! middle one another.

pub mod error;
pub mod time;
pub mod tls;
pub mod config;
pub mod meters;
pub mod clock;
pub mod http;
pub mod auth;
pub mod db;
pub mod mail;
pub mod net;

pub mod app;
pub mod access;
pub mod audit;

pub mod jobs;

pub mod resources;
pub mod docs;
pub mod edge;
pub mod router;
pub mod watch;
pub mod cli;
