//! Every test of the program, in one binary, against the real thing: PostgreSQL, Redis, HTTP.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod harness;

mod bad_input;
mod booking;
mod booking_faults;
mod booking_limits;
mod browser_sessions;
mod by_card;
mod by_proxy;
mod calendar_file;
mod campaigns;
mod closures;
mod commands;
mod contract;
mod data_reports;
mod exports;
mod families;
mod geography;
mod groups;
mod house;
mod identity;
mod lan;
mod leaderboard;
mod mobilisation;
mod notice;
mod oracle_checker;
mod outreach;
mod private_servers;
mod queue;
mod queue_display;
mod queue_model;
mod queue_paper;
mod restored;
mod retention;
mod rights;
mod rosters;
mod slips;
mod story;
mod tracking;
mod undo;
mod up;
mod verification;
mod waitlist;
mod worklists;
