//! The sheet and the script: small, named by their content, kept by browsers for good.

use crate::app::House;

#[tokio::test]
async fn assets_are_small_and_immutable() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let page = browser.get("/e").await;
    let css = page.link("/a/");
    let text = page.text();
    let js = text
        .split("src=\"")
        .find(|r| r.starts_with("/a/"))
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    for (path, sort, most) in [
        (css.as_str(), "text/css", 40_000),
        (js, "text/javascript", 5_000),
    ] {
        let answer = browser.get(path).await;
        answer.is(200);
        assert!(answer.header("content-type").starts_with(sort));
        assert!(answer.header("cache-control").contains("immutable"));
        assert!(answer.bytes.len() < most, "{path}: {}", answer.bytes.len());
    }
}

#[tokio::test]
async fn the_sheet_survives_old_browsers() {
    let css = include_str!("../../assets/conatus.css");
    for newer in [
        ":has(",
        "\n  gap:",
        "; gap:",
        "{ gap:",
        ":focus-visible",
        "@import",
        "url(",
    ] {
        assert!(!css.contains(newer), "{newer}");
    }
    let js = include_str!("../../assets/person.js");
    for newer in [
        "?.",
        "??",
        "eval(",
        "innerHTML",
        "localStorage",
        "sessionStorage",
        "http:",
        "https:",
    ] {
        assert!(!js.contains(newer), "{newer}");
    }
}

#[tokio::test]
async fn compressed_the_first_page_fits_its_budget() {
    let house = House::build().await;
    let mut browser = house.app.opened(&house.person).await;
    let mut bytes = 0;
    let page = browser.get("/e").await;
    let text = page.text();
    let js = text
        .split("src=\"")
        .find(|r| r.starts_with("/a/"))
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    for path in ["/e", &page.link("/a/"), js] {
        let request = axum::http::Request::get(path)
            .header("accept-encoding", "gzip")
            .body(axum::body::Body::empty())
            .unwrap();
        let answer = browser.send(request).await;
        answer.is(200);
        assert_eq!(answer.header("content-encoding"), "gzip", "{path}");
        bytes += answer.bytes.len();
    }
    assert!(bytes < 30_000, "{bytes}");
}
