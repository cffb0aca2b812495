pub mod db;
pub mod lan;
