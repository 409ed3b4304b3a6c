use std::task::Waker;

use tokio::runtime::Builder;

use super::*;

fn block_on<T>(run: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.unwrap().block_on(run)
}

/// Places for this many connections, and what begins their requests.
async fn places(connections: &Arc<Connections>, count: usize) -> Vec<(Place, Requests)> {
    let mut places = Vec::new();
    for _ in 0..count {
        let requests = Requests::default();
        places.push((connections.place(&requests).await, requests));
    }
    places
}

/// The numbers of those that are given up.
fn given_up(places: &[(Place, Requests)]) -> Vec<usize> {
    let context = Context::from_waker(Waker::noop());
    let given_up = places.iter().enumerate();
    given_up
        .filter(|(_, (place, _))| place.is_given_up(&context))
        .map(|(number, _)| number)
        .collect()
}

#[test]
fn heads_are_given_up_before_idle_connections_and_the_longest_waiting_first() {
    block_on(async {
        let connections = Connections::new(8, 1000);
        let places = places(&connections, 6).await;
        let _under_way = places[0].1.beginning().begin();
        places[4].0.wait_for_head(10);
        places[3].0.wait_for_head(10);
        places[4].0.wait_for_head(20);
        places[1].0.wait_for_request();
        for expected in [4, 3, 2, 5, 1] {
            let before = given_up(&places);
            connections.give_one_up();
            let after = given_up(&places);
            assert_eq!(after.len(), before.len() + 1);
            assert!(after.contains(&expected), "{expected}: {after:?}");
        }
        connections.give_one_up();
        assert!(!given_up(&places).contains(&0), "a request is under way");
    });
}

#[test]
fn heads_share_their_bytes_and_give_them_back() {
    block_on(async {
        let connections = Connections::new(8, 100);
        let mut places = places(&connections, 3).await;
        places[0].0.wait_for_head(60);
        places[1].0.wait_for_head(40);
        assert!(given_up(&places).is_empty());
        places[1].0.wait_for_request();
        places[2].0.wait_for_head(40);
        assert!(
            given_up(&places).is_empty(),
            "a head that ended takes nothing"
        );
        places[1].0.wait_for_head(1);
        assert_eq!(given_up(&places), [0]);
        drop(places.remove(0));
        assert_eq!(connections.head_bytes.load(Ordering::Relaxed), 41);
    });
}

#[test]
fn a_full_house_gives_one_up_for_the_next() {
    block_on(async {
        let connections = Connections::new(2, 100);
        let mut places = places(&connections, 2).await;
        let next = tokio::spawn({
            let connections = Arc::clone(&connections);
            async move { connections.place(&Requests::default()).await }
        });
        tokio::task::yield_now().await;
        assert_eq!(given_up(&places), [0]);
        assert!(!next.is_finished());
        drop(places.remove(0));
        drop(next.await.unwrap());
        let _under_way = places[0].1.beginning().begin();
        drop(connections.place(&Requests::default()).await);
    });
}
