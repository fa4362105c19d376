//! The shop's desk in a browser: starts it.

fn main() {
    qianbao_desk::start();
}
