//! An axum server whose callers are admitted by their client certificate.
//!
//! The settings are those of every app of `functions-handler`; the port is `PORT`.

use std::error::Error;
use std::io;
use std::net::Ipv4Addr;

use app_settings::{Environment, Value};
use axum::routing::get;
use axum::{Extension, Router};
use functions_handler::config::Settings;
use functions_handler::server::Log;
use functions_handler::{Guard, GuardLayer, Permit, Requirement};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let environment = Environment::of_process();
    let port = environment
        .get("PORT")
        .map_or("8080", Value::expose)
        .parse()?;
    let folder = std::env::current_dir()?;
    let settings = Settings::load(&environment, &folder).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })?;
    let guard = Guard::new(settings.policy, Log::start(io::stdout())?);
    let app = Router::new()
        .route("/whoami", get(whoami))
        .layer(GuardLayer::new(&guard, "WhoAmI", Requirement::Admitted))
        .route("/health", get(async || "alive"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    Ok(axum::serve(listener, app).await?)
}

async fn whoami(Extension(permit): Extension<Permit>) -> String {
    permit.principal().subject().to_owned()
}
