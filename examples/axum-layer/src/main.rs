//! An axum server whose callers are admitted by their client certificate.
//!
//! The settings are those of every app of `functions-handler`; the port is `PORT`.

use std::error::Error;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;

use app_settings::{Environment, KnownSettings, Problem, Value};
use axum::routing::get;
use axum::{Extension, Router};
use functions_handler::config::{DECLARED, Settings};
use functions_handler::server::Log;
use functions_handler::{GuardLayer, Permit, PolicyWatch, Requirement};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let environment = Environment::of_process();
    let port = environment
        .get("PORT")
        .map_or("8080", Value::expose)
        .parse()?;
    let folder = std::env::current_dir()?;
    let settings =
        settings(&environment, &folder).map_err(|problems| Problem::lines(&problems).join("\n"))?;
    let (guard, watch) = PolicyWatch::from_settings(settings, Log::start(io::stdout())?);
    tokio::spawn(watch.run());
    let app = Router::new()
        .route("/whoami", get(whoami))
        .layer(GuardLayer::new(&guard, "WhoAmI", Requirement::Admitted))
        .route("/health", get(async || "alive"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    Ok(axum::serve(listener, app).await?)
}

/// The settings, if no setting that is set is a misspelt one or one of a later version.
fn settings(environment: &Environment, folder: &Path) -> Result<Settings, Vec<Problem>> {
    let known = KnownSettings::new([DECLARED]);
    let mut problems = known.unknown(environment);
    problems.extend(known.reserved(environment));
    match Settings::load(environment, folder) {
        Ok(settings) if problems.is_empty() => Ok(settings),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

async fn whoami(Extension(permit): Extension<Permit>) -> String {
    permit.principal().subject().to_owned()
}
