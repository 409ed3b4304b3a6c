//! What `mtls local` prints for people when it is ready.

use serde_json::json;

use crate::project::Project;
use crate::running::Running;

fn greeting(project: &Project) -> String {
    let arguments = ["local", "--port", "0", "--no-build"];
    let running = Running::launch(project.folder.path(), &arguments);
    running.lines_until("Requests:").join("\n")
}

#[test]
fn a_call_to_paste_has_the_method_that_the_function_takes() {
    let project = Project::new();
    project.function("Post", "required", json!({"methods": ["post", "delete"]}));
    let text = greeting(&project);
    let secured: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("/api/Post'"))
        .collect();
    assert_eq!(secured.len(), 3, "{text}");
    for line in secured {
        assert!(line.contains("curl -i -X POST "), "{text}");
    }
    let public = text.lines().find(|line| line.contains("/api/echo'"));
    assert!(!public.unwrap().contains("-X"), "{text}");
}

#[test]
fn a_route_prefix_that_a_setting_gives_is_not_shown() {
    let project = Project::new();
    let name = "AzureFunctionsJobHost__extensions__http__routePrefix";
    project.settings(json!({name: "pasted/text"}));
    let text = greeting(&project);
    assert!(!text.contains("pasted"), "{text}");
    assert!(text.contains("/%routePrefix%/echo'"), "{text}");
    assert!(text.contains("%routePrefix% is the route prefix"), "{text}");
    let mut running = project.start(&[]);
    assert_eq!(running.caller().get("/pasted/text/echo/x").status, 200);
    running.request("/pasted");
}
