//! Routes against a real server on port 0, one file per route; and what the office does beside it.

#[cfg(unix)]
mod damage;
mod enrol;
mod events;
mod hostile;
mod http;
mod imports;
mod ingest;
mod limits;
mod mutation;
mod observe;
mod office;
mod program;
mod pull;
mod reference;
mod restored;
mod storage;
mod support;
mod workflow;
