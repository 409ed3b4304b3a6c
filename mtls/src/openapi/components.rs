//! What the operations share: security schemes, refusals, the problem document.

use functions_handler::config::DeniedStatus;
use serde_json::{Value, json};

/// The name of the scheme of secured operations.
pub(super) const CLIENT_CERTIFICATE: &str = "clientCertificate";

/// The name of the scheme of functions whose `authLevel` is not anonymous.
pub(super) const FUNCTION_KEY: &str = "functionKey";

/// The `components` of the document; the key's scheme only where some function asks for one.
pub(super) fn of(is_keyed: bool, denied: DeniedStatus) -> Value {
    let mut schemes = json!({
        CLIENT_CERTIFICATE: {
            "type": "mutualTLS",
            "description": "The front end asks for a client certificate in the TLS handshake; the app admits those that it lists.",
        },
    });
    if is_keyed {
        schemes[FUNCTION_KEY] = json!({
            "type": "apiKey",
            "in": "header",
            "name": "x-functions-key",
            "description": "The Functions host asks for this key before the app is called.",
        });
    }
    json!({
        "securitySchemes": schemes,
        "schemas": {"Problem": problem()},
        "responses": refusals(denied),
    })
}

fn refusals(denied: DeniedStatus) -> Value {
    match denied {
        DeniedStatus::Unauthorized => json!({
            "Unauthorized": refusal(
                "No client certificate, or none that is admitted. The reason is in the app's log and nowhere else.",
                Some(json!({
                    "WWW-Authenticate": {
                        "description": "ClientCertificate, a scheme without parameters.",
                        "schema": {"type": "string"},
                    },
                })),
            ),
            "Forbidden": refusal(
                "The client certificate is admitted and does not allow this call.",
                None,
            ),
        }),
        DeniedStatus::Forbidden => json!({
            "Forbidden": refusal(
                "No client certificate, none that is admitted, or one that does not allow this call. The reason is in the app's log and nowhere else.",
                None,
            ),
        }),
    }
}

/// What an operation may answer. What a body answers by itself, `function.json` does not say.
pub(super) fn responses(secured: bool, denied: DeniedStatus) -> Value {
    let mut responses = json!({"200": {"description": "The function's answer."}});
    if secured {
        let refusals = match denied {
            DeniedStatus::Unauthorized => {
                [("401", "Unauthorized"), ("403", "Forbidden")].as_slice()
            }
            DeniedStatus::Forbidden => &[("403", "Forbidden")],
        };
        for (status, name) in refusals {
            responses[*status] = json!({"$ref": format!("#/components/responses/{name}")});
        }
    }
    responses
}

fn refusal(description: &str, headers: Option<Value>) -> Value {
    let mut refusal = json!({
        "description": description,
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
        },
    });
    if let Some(headers) = headers {
        refusal["headers"] = headers;
    }
    refusal
}

/// The document that `functions_handler::server` answers refusals with; a test compares the two.
fn problem() -> Value {
    let text = || json!({"type": "string"});
    json!({
        "type": "object",
        "description": "A problem document (RFC 9457).",
        "required": ["detail", "invocationId", "status", "title", "type"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": text(),
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": text(),
            "invocationId": {
                "type": "string",
                "format": "uuid",
                "description": "Names the line of the log that has the reason.",
            },
        },
    })
}
