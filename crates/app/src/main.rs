//! Starts the wallet in a browser.

fn main() {
    qianbao_app::start();
}
