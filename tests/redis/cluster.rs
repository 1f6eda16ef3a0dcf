//! A cluster: the store lies in one of its slots, and is found there.

use crate::server::Server;
use crate::store::{is_revoked, open, opened, revoke, soon, status};

fn node() -> Server {
    Server::with(&["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"])
}

#[test]
fn a_store_is_found_from_any_server_of_a_cluster_and_again_where_it_moves_to() {
    let (one, other) = (node(), node());
    for (server, slots) in [(&one, 0..8192), (&other, 8192..16384)] {
        let mut add = redis::cmd("CLUSTER");
        add.arg("ADDSLOTS").arg(slots.collect::<Vec<u16>>());
        server.try_ask::<()>(&add).unwrap();
    }
    one.ask::<()>(&["CLUSTER", "MEET", "127.0.0.1", &other.port.to_string()]);
    for server in [&one, &other] {
        soon("the cluster is whole", || {
            server
                .ask::<String>(&["CLUSTER", "INFO"])
                .contains("cluster_state:ok")
        });
    }
    let slot: u64 = one.ask(&["CLUSTER", "KEYSLOT", "{jeton}:log"]);
    let same: u64 = one.ask(&["CLUSTER", "KEYSLOT", "{jeton}:table"]);
    assert_eq!(slot, same, "both keys lie in one slot");
    let (here, there) = if slot < 8192 {
        (&one, &other)
    } else {
        (&other, &one)
    };

    let (first, second) = (open(&here.location()), open(&there.location()));
    revoke(&second, "1");
    soon("both are at the same", || is_revoked(&first, "1"));
    let server = |port: u16| format!("127.0.0.1:{port}");
    assert_eq!(status(&second)["server"], server(here.port));

    // The slot moves with what it holds.
    let slot = slot.to_string();
    let (from, to) = (id_of(here), id_of(there));
    there.ask::<()>(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from]);
    here.ask::<()>(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to]);
    for key in ["{jeton}:log", "{jeton}:table"] {
        let port = there.port.to_string();
        here.ask::<()>(&["MIGRATE", "127.0.0.1", &port, key, "0", "5000"]);
    }
    for server in [there, here] {
        server.ask::<()>(&["CLUSTER", "SETSLOT", &slot, "NODE", &to]);
    }
    soon("it is found there", || {
        first.refresh().is_ok() && status(&first)["server"] == server(there.port)
    });
    soon("for writing, too", || {
        first
            .revoke(&crate::store::jti("2"), crate::store::now())
            .is_ok()
    });
    soon("by all", || is_revoked(&second, "2"));
    assert!(is_revoked(&open(&here.location()), "1"));
    let database = opened(&format!("{}/1", here.location()), r#"{"stale": null}"#);
    assert!(database.is_err(), "a cluster has one database");
}

fn id_of(server: &Server) -> String {
    server.ask(&["CLUSTER", "MYID"])
}
