//! Thousands of requests.

use std::io::Write as _;

use crate::common::process::{Answer, get};
use crate::{Gate, SECURED};

#[test]
fn thousands_of_hostile_requests_leave_the_gate_as_it_was() {
    let gate = Gate::open();
    let good = get(SECURED, Some(&gate.pinned.header())).into_bytes();
    // A fixed sequence of changes: the same bytes in every run but for the certificate itself.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    let value = good.windows(2).position(|window| window == b": ").unwrap();
    let certificate = good[value..]
        .windows(9)
        .position(|window| window == b"entCert: ")
        .unwrap()
        + value
        + 9;
    for turn in 0..2000 {
        let mut request = good.clone();
        for _ in 0..=random(3) {
            let place = certificate + random(request.len() - certificate - 4);
            match random(4) {
                0 => request[place] ^= 1 << random(8),
                1 => request.insert(place, b","[0]),
                2 => drop(request.remove(place)),
                _ => request.splice(place..place, [0xff, 0xfe]).for_each(drop),
            }
        }
        let mut stream = gate.handler.connect();
        let _ = stream.write_all(&request);
        let answer = Answer::read(&mut stream).unwrap_or_else(|| panic!("turn {turn}: no answer"));
        let opened = answer.status == 200 && request[certificate..] == good[certificate..];
        let refused = matches!(answer.status, 400 | 401 | 404 | 431);
        assert!(opened || refused, "turn {turn}: {}", answer.status);
    }
    gate.assert_open();
}
