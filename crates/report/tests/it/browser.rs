//! A real browser to look at pages with: Chromium, spoken to over a pipe in the DevTools protocol
//! (<https://chromedevtools.github.io/devtools-protocol/>), so that no port is opened.

use base64::Engine as _;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// A browser with one page, closed with the value.
pub(crate) struct Browser {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    last: u64,
    session: String,
    /// What happened since the page was opened: requests, exceptions, console and log entries.
    events: Vec<Value>,
    folder: tempfile::TempDir,
}

impl Browser {
    /// Starts Chromium, or says that it is not there.
    #[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
    pub(crate) fn open() -> Option<Self> {
        let Some(program) = ["/usr/bin/chromium", "/usr/bin/chromium-browser"]
            .into_iter()
            .find(|program| Path::new(program).exists())
        else {
            println!("skipped: Chromium is not installed (Debian: chromium)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        // The protocol is spoken on the descriptors 3 and 4.
        let script = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;
        let mut child = Command::new("sh")
            .args(["-c", script, program])
            .args(["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu"])
            .args(["--no-first-run", "--disable-background-networking", "--disable-dev-shm-usage"])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while output.read_until(0, &mut message).is_ok_and(|n| n > 0) {
                message.pop();
                if sender.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    return;
                }
                message.clear();
            }
        });
        let session = String::new();
        let mut browser = Self { child, input, messages, last: 0, session, events: vec![], folder };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", attach);
        session["sessionId"].as_str().unwrap().clone_into(&mut browser.session);
        for domain in ["Page", "Runtime", "Network", "Log", "Accessibility"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Calls a method and gives its result.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut message = json!({"id": self.last, "method": method, "params": params});
        if !self.session.is_empty() {
            message["sessionId"] = self.session.clone().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.input.write_all(&bytes).unwrap();
        loop {
            let message = self.next(method);
            if message["id"] == self.last {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    fn next(&self, waiting_for: &str) -> Value {
        self.messages
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|error| panic!("no answer to {waiting_for}: {error}"))
    }

    /// Shows a page in a window of a size, and forgets what happened before.
    pub(crate) fn show(&mut self, page: &str, width: u32) -> PathBuf {
        let path = self.folder.path().join("report.html");
        std::fs::write(&path, page).unwrap();
        self.resize(width);
        self.go(&format!("file://{}", path.display()));
        path
    }

    /// Goes to an address.
    pub(crate) fn go(&mut self, url: &str) {
        self.call("Page.navigate", json!({"url": "about:blank"}));
        self.arrive("about:blank");
        self.events.clear();
        self.call("Page.navigate", json!({"url": url}));
        self.arrive(url);
    }

    /// Waits until an address is shown and its script has run.
    fn arrive(&mut self, url: &str) {
        let page = json!(url.split('#').next());
        let expression =
            format!("location.href.split('#')[0] === {page} && document.readyState === 'complete'");
        let start = Instant::now();
        // Whatever is asked while one page replaces another may find neither.
        while self.call("Runtime.evaluate", json!({"expression": expression}))["result"]["value"]
            != true
        {
            assert!(start.elapsed() < PATIENCE, "{url} does not come");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn resize(&mut self, width: u32) {
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// Prefers a color scheme, or a medium.
    pub(crate) fn prefer(&mut self, scheme: &str, media: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.call("Emulation.setEmulatedMedia", json!({"media": media, "features": features}));
    }

    /// The value of an expression, a promise's when it comes.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        // Where scripts are off, no promise comes true.
        let awaits = expression.starts_with("new Promise");
        let params =
            json!({"expression": expression, "returnByValue": true, "awaitPromise": awaits});
        let answer = self.call("Runtime.evaluate", params);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// The value of an expression that is a text.
    pub(crate) fn text(&mut self, expression: &str) -> String {
        self.value(expression).as_str().unwrap_or_else(|| panic!("{expression}")).to_owned()
    }

    /// Waits until an expression holds.
    pub(crate) fn until(&mut self, expression: &str) {
        let script = format!(
            "new Promise((done) => {{ const look = () => ({expression}) ? done(true) : \
             setTimeout(look, 20); look(); setTimeout(() => done(false), 20000); }})"
        );
        assert_eq!(self.value(&script), true, "{expression}");
    }

    /// Presses a key, such as `Tab` or `Enter`.
    pub(crate) fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            " " => (32, " "),
            _ => panic!("which key is {key}?"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({"type": kind, "key": key, "windowsVirtualKeyCode": code});
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = text.into();
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Asserts that nothing was asked for but the page itself, and nothing complained.
    pub(crate) fn assert_quiet(&mut self, page: &Path) {
        // What is on its way arrives before the next answer.
        std::thread::sleep(Duration::from_millis(50));
        self.value("0");
        let page = format!("file://{}", page.display());
        for event in &self.events {
            let params = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Network.requestWillBeSent" => {
                    let url = params["request"]["url"].as_str().unwrap();
                    let url = url.split('#').next().unwrap();
                    assert!(url == page || url == "data:,", "a request left the page: {url}");
                }
                "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded" => {
                    panic!("the page complains: {params}");
                }
                _ => {}
            }
        }
    }

    /// Takes a picture of the whole page, where a folder for pictures is named.
    #[expect(clippy::disallowed_methods, reason = "asks for pictures, which decide nothing")]
    pub(crate) fn picture(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("LAZARET_SCREENSHOTS").map(PathBuf::from) else {
            return;
        };
        let size = self.call("Page.getLayoutMetrics", json!({}))["cssContentSize"].clone();
        let clip =
            json!({"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1});
        let params = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let answer = self.call("Page.captureScreenshot", params);
        let png =
            base64::engine::general_purpose::STANDARD.decode(answer["data"].as_str().unwrap());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), png.unwrap()).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
