//! `Orders`: takes an order from a caller whose certificate is admitted.

use functions_handler::Permit;
use functions_handler::functions::{Invocation, Reply};
use http::header;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Order {
    item: String,
    amount: u32,
}

#[derive(Serialize)]
struct Confirmation<'a> {
    item: &'a str,
    amount: u32,
    customer: &'a str,
}

pub(super) async fn run(permit: Permit, mut invocation: Invocation) -> Result<Reply, Reply> {
    let order: Order = invocation.json().await?;
    let confirmation = Confirmation {
        item: &order.item,
        amount: order.amount,
        customer: permit.principal().subject(),
    };
    let place = format!("/api/orders/{}", invocation.id.as_str());
    Ok(Reply::created(&confirmation).with_header(header::LOCATION, place))
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};
    use serde_json::{Value, json};

    use super::*;

    #[tokio::test]
    async fn an_order_is_confirmed_to_its_customer() {
        let permit = Permit::for_tests("partner").build();
        let invocation = Invocation::for_tests(Method::POST, "/api/orders")
            .json(&json!({"item": "tea", "amount": 2}))
            .build();
        let reply = run(permit, invocation).await.unwrap();
        assert_eq!(reply.status(), StatusCode::CREATED);
        let body = reply.into_bytes().await.unwrap();
        let document: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(document["customer"], "CN=partner");
    }
}
