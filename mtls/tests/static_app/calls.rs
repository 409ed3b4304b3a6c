//! It starts, and reaches others by name and by address.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread;

use test_support::hierarchy::{server, server_named};
use test_support::name_server::NameServer;
use test_support::partner::{Manner, Partner};
use test_support::skipped;

use crate::bare_root::{self, BareRoot};
use crate::stage::{Cast, build, own_loopback};

const OF_THE_SERVER: &str = "partner.test";
const OF_THE_FILE: &str = "listed.test";

#[test]
fn a_static_app_starts_in_bare_roots_and_calls_by_name_and_by_address() {
    if !bare_root::are_possible() {
        skipped("debootstrap, and the rights to enter a root; install it, and run as root");
        return;
    }
    let roots = ["bullseye", "bookworm"];
    let roots = roots.map(|release| (release, thread::spawn(move || BareRoot::of(release))));
    let program = build();
    let address = SocketAddr::from((own_loopback(), 53));
    let names = NameServer::start(address, &[(OF_THE_SERVER, Ipv4Addr::LOCALHOST)]);
    for (release, root) in roots {
        let root = match root.join().unwrap() {
            Ok(root) => root,
            Err(found) => {
                skipped(&format!("a root that debootstrap makes; {found}"));
                continue;
            }
        };
        root.looks_up(OF_THE_FILE, "127.0.0.1", names.address());
        for host in [OF_THE_SERVER, OF_THE_FILE, "127.0.0.1"] {
            let cast = Cast::new();
            let identity = match host {
                "127.0.0.1" => server(&cast.family.root),
                name => server_named(&cast.family.root, name),
            };
            let partner = Partner::start_as(&identity, Manner::strict(&cast.family.root));
            let url = format!("https://{host}:{}/", partner.address().port());
            let handler = cast.start(&program, &root, &url);
            let answer = handler.get("/api/outbound-mtls", Some(&cast.caller.header()));
            let text = String::from_utf8_lossy(&answer.body);
            assert_eq!(answer.status, 200, "{host} in {release}: {text}");
            assert_eq!(partner.seen(|seen| seen.requests.len()), 1, "{host}");
        }
    }
    let asked = names.asked();
    assert!(asked.contains(&format!("{OF_THE_SERVER}.")), "{asked:?}");
    assert!(!asked.contains(&format!("{OF_THE_FILE}.")), "{asked:?}");
}
