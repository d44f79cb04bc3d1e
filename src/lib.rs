//! Gatepost. The modules are in the order of their dependencies: each can use those above it. `app`, `access` and
//! `audit` can use each other.

pub mod error;
pub mod time;
pub mod tls;
pub mod config;
pub mod meters;
pub mod clock;
pub mod http;
pub mod auth;
pub mod sending;
pub mod db;
pub mod mail;
pub mod net;

pub mod app;
pub mod access;
pub mod audit;

pub mod jobs;

pub mod web;
pub mod resources;
pub mod docs;
pub mod edge;
pub mod router;
pub mod watch;
pub mod cli;
