//! A node whose records and shares are reached through `PgBouncer` in transaction pooling.

use crate::{
    installation::{Server, team},
    postgres::{Cluster, WORDS, address_file, write},
};
use postgres_fixture::{Alone, Pooler};

#[test]
fn a_node_serves_through_a_pooler() {
    let Some(server) = Alone::start().unwrap() else {
        return;
    };
    let Some(pooler) = Pooler::before(&server).unwrap() else {
        return;
    };
    let [main, shares] = ["records", "shares"].map(|name| server.database(name).unwrap());
    // Tables are made straight to the server; from then on everything goes through the pooler.
    let cluster = Cluster::over(&main, &shares);
    address_file(&cluster.told, "store.url", &pooler.url("records"));
    address_file(&cluster.told, "shares.url", &pooler.url("shares"));
    let here = Server::start(&cluster.made.data());
    let there = Server::start(&cluster.machine("there"));
    let mut browser = cluster.made.browser(&here);
    team(&mut browser);
    let record = cluster.person(&mut browser);
    // More at once than the pooler has connections, by two nodes; together no more than a page shows.
    std::thread::scope(|scope| {
        for (name, port) in [("ici", here.port), ("là", there.port)] {
            for writer in 0..4 {
                let (mut browser, record) = (browser.clone(), &record);
                browser.port = port;
                scope.spawn(move || {
                    for number in 0..3 {
                        write(&mut browser, record, &format!("{name} {writer} {number}."));
                    }
                });
            }
        }
    });
    write(&mut browser, &record, WORDS);
    let page = browser.get(&record).is(200).text;
    assert!(page.contains(WORDS));
    for name in ["ici", "là"] {
        for at in 0..12 {
            let text = format!("{name} {} {}.", at / 3, at % 3);
            assert!(page.contains(&text), "{text}");
        }
    }
    cluster.verified();
}
