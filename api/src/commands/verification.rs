//! Whether the numbers can be trusted, from the terminal.

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;
use mobile_contracts::calendar::local_day;
use mobile_contracts::ids::OperationId;
use uuid::Uuid;

use super::{open, say};
use crate::clock::Clock;
use crate::config::Config;
use crate::geography::Level;
use crate::http::failure::Failure;
use crate::verification::sampling::rules::{commitment, order};
use crate::verification::signals::catalogue::Thresholds;
use crate::verification::synthetic::score::{SEEN_PERCENT_MIN, Score, TROUBLED_PERCENT_MAX, score};
use crate::verification::synthetic::{FIRST_DAY, generate, load, outreach};
use crate::verification::{call_backs, sampling, signals};

#[derive(Debug, Subcommand)]
pub enum Verification {
    /// Look at the recorded work of some days now; the running server does so every night.
    Signals {
        /// The first day, such as 2026-11-20; a week ago if left out.
        #[arg(long)]
        from: Option<NaiveDate>,
        /// The last day; today if left out.
        #[arg(long)]
        to: Option<NaiveDate>,
    },
    /// Draw again what was drawn, by the seed that was told: of a draw in the database, or from a file.
    Redraw {
        /// Which draw of the database.
        #[arg(long, conflicts_with_all = ["seed", "frame", "sample_size"])]
        draw: Option<Uuid>,
        /// The seed, in hexadecimal digits.
        #[arg(long, requires = "frame")]
        seed: Option<String>,
        /// A file with one op_id a line: the frame, in any order.
        #[arg(long)]
        frame: Option<PathBuf>,
        #[arg(long, default_value_t = 32)]
        sample_size: usize,
    },
    /// An invented month, part of it made up: into a file, or into an empty or demo database.
    Generate {
        #[arg(long, default_value_t = 6)]
        seed: u64,
        #[arg(long, default_value_t = 20_000)]
        records: usize,
        /// How many of them are made up.
        #[arg(long, default_value_t = 500)]
        fabricated: usize,
        /// Write one JSON object a line into this file; without it, the database is filled.
        #[arg(long)]
        to: Option<PathBuf>,
    },
    /// How much of what was made up the signals see, and how much honest work they trouble.
    Score {
        /// The first seed.
        #[arg(long, default_value_t = 6)]
        seed: u64,
        /// How many seeds in a row; the worst is told.
        #[arg(long, default_value_t = 1)]
        seeds: u64,
        #[arg(long, default_value_t = 20_000)]
        records: usize,
        #[arg(long, default_value_t = 500)]
        fabricated: usize,
        /// Of the month that `generate` put into the database, by the signals that stand there.
        #[arg(long)]
        loaded: bool,
    },
}

impl Verification {
    /// Whether it needs no database.
    pub fn is_only_computed(&self) -> bool {
        match self {
            Self::Generate { to, .. } => to.is_some(),
            Self::Score { loaded, .. } => !loaded,
            Self::Redraw { draw, .. } => draw.is_none(),
            Self::Signals { .. } => false,
        }
    }
}

/// What needs no database.
pub fn compute(command: &Verification) -> Result<(), Box<dyn Error>> {
    match command {
        Verification::Generate {
            seed,
            records,
            fabricated,
            to: Some(to),
        } => write(&generate(*seed, *records, *fabricated), to),
        Verification::Score {
            seed,
            seeds,
            records,
            fabricated,
            ..
        } => {
            let thresholds = Thresholds::default();
            let seeds = *seed..seed + seeds;
            let outreach: Vec<Score> = seeds
                .clone()
                .map(|seed| {
                    let score = outreach::score(seed, &thresholds);
                    say(format!("seed {seed}, outreach: {score}"));
                    score
                })
                .collect();
            judge(&outreach)?;
            let scores: Vec<Score> = seeds
                .map(|seed| {
                    let score = score(&generate(seed, *records, *fabricated), &thresholds);
                    say(format!("seed {seed}: {score}"));
                    score
                })
                .collect();
            judge(&scores)
        }
        Verification::Redraw {
            seed: Some(seed),
            frame: Some(frame),
            sample_size,
            ..
        } => redraw(seed, frame, *sample_size),
        Verification::Redraw { .. } => Err("name a --draw, or a --seed and a --frame".into()),
        _ => Ok(()),
    }
}

/// From the public parts of a draw alone.
fn redraw(seed: &str, frame: &PathBuf, sample_size: usize) -> Result<(), Box<dyn Error>> {
    let seed = bytes_of(seed).ok_or("a seed is hexadecimal digits, two for each byte")?;
    let frame: Result<Vec<OperationId>, _> = std::fs::read_to_string(frame)?
        .split_whitespace()
        .map(str::parse)
        .collect();
    say(format!(
        "SHA-256 of the seed, to be what was promised: {}",
        hex(&commitment(&seed))
    ));
    for op in order(&seed, &frame?).iter().take(sample_size) {
        say(op);
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// Of the database: the promise, the seed, and who was drawn, each against the other.
async fn redraw_kept(config: Config, draw_id: Uuid) -> Result<(), Box<dyn Error>> {
    let opened = open::beside(&config).await?;
    opened.migrate().await?;
    let mut conn = opened.owner_pool().get().await?;
    let draw = sampling::store::find_draw(&mut conn, draw_id).await?;
    let draw = draw.ok_or("there is no such draw")?;
    let seed = draw
        .seed
        .as_deref()
        .ok_or("its week is not over: the seed is not told yet")?;
    let drawn = call_backs::store::list_drawn(&mut conn, draw_id).await?;
    let again = order(seed, &draw.frame());
    if commitment(seed).as_slice() != draw.commitment || drawn != again[..drawn.len()] {
        return Err("the draw is not what its seed gives".into());
    }
    say(format!(
        "{} of {} records were drawn as the seed gives them, and the seed is the one that was promised at {}",
        drawn.len(),
        again.len(),
        draw.committed_at
    ));
    Ok(())
}

fn write(
    records: &[crate::verification::synthetic::Record],
    to: &PathBuf,
) -> Result<(), Box<dyn Error>> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(to)?);
    for record in records {
        serde_json::to_writer(&mut file, record)?;
        file.write_all(b"\n")?;
    }
    file.flush()?;
    say(format!("{}: {} records", to.display(), records.len()));
    Ok(())
}

fn judge(scores: &[Score]) -> Result<(), Box<dyn Error>> {
    let seen = scores.iter().map(Score::seen_percent);
    let troubled = scores.iter().map(Score::troubled_percent);
    let (seen, troubled) = (
        seen.fold(f64::INFINITY, f64::min),
        troubled.fold(0.0, f64::max),
    );
    say(format!(
        "worst of {}: {seen:.1} % of what was made up is seen (aim: at least {SEEN_PERCENT_MIN} %), \
         {troubled:.2} % of honest work is troubled (aim: at most {TROUBLED_PERCENT_MAX} %)",
        scores.len()
    ));
    match scores.iter().all(Score::is_good) {
        true => Ok(()),
        false => Err("the signals miss their aim".into()),
    }
}

pub async fn obey(config: Config, command: Verification) -> Result<(), Box<dyn Error>> {
    match command {
        Verification::Signals { from, to } => {
            let today = local_day(Clock::default().now());
            let to = to.unwrap_or(today);
            raise(config, from.unwrap_or(to - chrono::Days::new(7)), to).await
        }
        Verification::Redraw { draw, .. } => match draw {
            Some(draw) => redraw_kept(config, draw).await,
            None => Ok(()),
        },
        Verification::Generate {
            seed,
            records,
            fabricated,
            ..
        } => fill(config, seed, records, fabricated).await,
        Verification::Score {
            seed,
            records,
            fabricated,
            ..
        } => {
            let opened = open::beside(&config).await?;
            opened.migrate().await?;
            let mut conn = opened.owner_pool().get().await?;
            let flagged = load::flagged(&mut conn).await?;
            let score = Score::of(&generate(seed, records, fabricated), &flagged);
            say(format!("seed {seed}: {score}"));
            judge(&[score])
        }
    }
}

async fn raise(config: Config, from: NaiveDate, to: NaiveDate) -> Result<(), Box<dyn Error>> {
    let opened = open::beside(&config).await?;
    opened.migrate().await?;
    let app = opened.app().await?;
    let mut conn = opened.owner_pool().get().await?;
    let geography = app.geography(&mut conn).await?;
    let roots = geography.roots_on(to).into_iter();
    let communes: Vec<_> = roots
        .flat_map(|province| geography.within(province, Level::Commune, to))
        .collect();
    let raised = signals::raise(&mut conn, &app.keys, &geography, &communes, &(from..=to)).await;
    let raised = raised.map_err(in_words)?;
    say(format!(
        "{from} to {to}: {} signals are new, {} have grown, {} are as they were",
        raised.raised, raised.grown, raised.unchanged
    ));
    Ok(())
}

async fn fill(
    config: Config,
    seed: u64,
    records: usize,
    fabricated: usize,
) -> Result<(), Box<dyn Error>> {
    if config.is_production() {
        return Err("invented work is refused in production (TO06_ENV=production)".into());
    }
    let opened = open::beside(&config).await?;
    opened.migrate().await?;
    let app = opened.app().await?;
    let month = generate(seed, records, fabricated);
    let loaded = load::load(&app, &month).await.map_err(in_words)?;
    say(format!(
        "{} operations recorded, {} not; now: api verification signals --from {FIRST_DAY} --to {}, \
         then api verification score --loaded",
        loaded.recorded,
        loaded.not_recorded,
        load::last_day(&month)
    ));
    Ok(())
}

fn in_words(why: Failure) -> String {
    format!("it could not be done: {why:?}")
}
