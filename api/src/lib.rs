//! Tổ 06: the working tool of a province's Project 06 task force.
//!
//! Features come first: each has `routes` (speaks), `rules` (thinks: no async, no connection, no
//! clock) and `store` (remembers: no HTTP), and stands on `http` and `db`, which know no feature.

pub mod app;
pub mod booking;
pub mod campaign;
pub mod clock;
pub mod commands;
pub mod config;
pub mod contract;
pub mod db;
pub mod demo;
pub mod docs;
pub mod geography;
pub mod health;
pub mod home;
pub mod http;
pub mod identity;
pub mod lan;
pub mod leaderboard;
pub mod nightly;
pub mod notice;
pub mod privacy;
pub mod reporting;
pub mod retention;
pub mod rights;
pub mod routes;
pub mod server;
pub mod sync;
pub mod telemetry;
pub mod tracking;
pub mod verification;
pub mod web;
