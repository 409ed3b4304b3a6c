//! One request on its way to the app, and its answer on the way back.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use upstream::{Failure, UpstreamBody};

use super::advice::{self, Told};
use super::app::{App, Current};
use super::door::{Door, Refused};
use super::heads;
use super::problem::problem;
use super::trouble::Trouble;
use crate::journal::Journal;
use crate::journal::Line;

/// The app's body, or ours.
pub(super) type Answer = Response<Either<UpstreamBody, Full<Bytes>>>;

/// Passes requests on to the app.
pub(super) struct Passing {
    app: Arc<App>,
    door: Door,
    journal: Arc<Journal>,
    told: Told,
}

impl Passing {
    pub(super) fn new(app: Arc<App>, door: Door, journal: Arc<Journal>) -> Self {
        Self {
            app,
            door,
            journal,
            told: Told::default(),
        }
    }

    pub(super) fn app(&self) -> &App {
        &self.app
    }

    pub(super) fn note(&self, text: &str) {
        self.journal.note(text);
    }

    /// Another certificate is presented.
    pub(super) fn renewed(&self, text: &str) {
        self.told.renewed();
        self.note(text);
    }

    /// Makes one connection to the app and says what is wrong with it, if anything is: before the first request, so that nobody looks for
    /// the fault in a client.
    pub(super) async fn try_out(&self) {
        let text = match self.app.current().connector.try_out().await {
            Ok(handshake) => advice::of_first(&handshake).map(ToOwned::to_owned),
            Err(trouble) => self.told.unanswered(&trouble, self.app.url()),
        };
        text.iter().for_each(|text| self.note(text));
    }

    /// Passes a request on. There is always an answer. If this is dropped, so is the app's work.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Answer {
        let mut line = Line::of(&request, &self.journal);
        let answer = self.pass(request, &mut line).await;
        line.answered(answer.status());
        answer
    }

    async fn pass(&self, request: Request<Incoming>, line: &mut Line) -> Answer {
        let (mut parts, body) = request.into_parts();
        let host = match self.door.admit(&parts) {
            Ok(host) => host,
            Err(refused) => {
                line.stopped(refused.code());
                return problem(status_of(refused), refused.detail()).map(Either::Right);
            }
        };
        heads::to_app(&mut parts.headers, self.app.target(), &host);
        let current = self.app.current();
        // Neither the app's front end nor any client waits for ever, and an event stream may be silent for as long as they do.
        let answered = current.relay.call(Request::from_parts(parts, body), None);
        match answered.await {
            Ok(mut response) => {
                line.presented(current.presented.certificate());
                heads::to_client(response.headers_mut(), self.app.target(), &host);
                let connector = &current.connector;
                let advice = self.told.answered(response.status(), || connector.latest());
                advice.iter().for_each(|text| self.note(text));
                response.map(Either::Left)
            }
            Err(failure) => self.unanswered(&failure, &current, line).map(Either::Right),
        }
    }

    fn unanswered(
        &self,
        failure: &Failure,
        current: &Current,
        line: &mut Line,
    ) -> Response<Full<Bytes>> {
        let broken;
        let trouble = match failure {
            Failure::Unreachable(error) => error.get_ref().and_then(|error| error.downcast_ref()),
            Failure::Broken(error) => {
                line.presented(current.presented.certificate());
                broken = current.connector.unanswered(error);
                Some(&broken)
            }
            _ => None,
        };
        let Some(trouble): Option<&Trouble> = trouble else {
            line.stopped("not-passed-on");
            return problem(failure.status(), &failure.to_string());
        };
        line.stopped(trouble.code);
        let advice = self.told.unanswered(trouble, self.app.url());
        advice.iter().for_each(|text| self.note(text));
        let detail = format!("No answer of {}: {trouble}", self.app.url());
        problem(StatusCode::BAD_GATEWAY, &detail)
    }
}

/// Never 401, which sends MCP clients into an OAuth flow.
fn status_of(refused: Refused) -> StatusCode {
    match refused {
        Refused::HostNotOurs => StatusCode::MISDIRECTED_REQUEST,
        Refused::CrossSite | Refused::TokenMissing => StatusCode::FORBIDDEN,
    }
}
