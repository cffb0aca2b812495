//! Plain pages: escaped text in one frame with one style sheet, no request elsewhere; and no script, but
//! for those that a [`Face`] takes over.

use std::fmt;
use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue, LINK};
use base64::Engine as _;
use sha2::{Digest as _, Sha256};

/// The style of every plain page: one type scale, one spacing scale, light and dark.
pub const STYLE: &str = include_str!("html.css");

static POLICY: LazyLock<String> = LazyLock::new(|| policy("", ""));

/// Scripts, styles and calls of this server only, and nothing inline but [`STYLE`].
static FACE_POLICY: LazyLock<String> = LazyLock::new(|| {
    policy(
        "'self' ",
        "script-src 'self'; connect-src 'self'; img-src 'self'; ",
    )
});

/// The same, and what an app needs that a phone keeps: a worker, a manifest, and a reader of QR codes
/// in WebAssembly.
static KEPT_POLICY: LazyLock<String> = LazyLock::new(|| {
    policy(
        "'self' ",
        "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self'; worker-src 'self'; manifest-src 'self'; ",
    )
});

fn policy(styles: &str, more: &str) -> String {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; {more}style-src {styles}'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// A script with its style sheet that takes a page over where it can run; where it cannot, the page
/// stays as it was sent.
#[derive(Debug)]
pub struct Face {
    /// Their addresses.
    pub script: String,
    pub style: String,
    /// Of an app that a phone keeps and opens without a network.
    pub kept: Option<KeptFace>,
}

/// What a phone shows of an app that it keeps: addresses.
#[derive(Debug)]
pub struct KeptFace {
    pub manifest: String,
    pub icon: String,
    /// The same in 180 pixels: a home screen of Apple takes no other.
    pub touch_icon: String,
}

/// Text that cannot become markup.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<T>(pub T);

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.to_string().chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}

/// What a page is called, with the same in English beside it where it has that.
#[derive(Debug, Clone, Copy)]
pub struct Title<'a> {
    vi: &'a str,
    en: Option<&'a str>,
}

impl<'a> From<&'a str> for Title<'a> {
    fn from(vi: &'a str) -> Self {
        Self { vi, en: None }
    }
}

impl<'a> From<&'a String> for Title<'a> {
    fn from(vi: &'a String) -> Self {
        vi.as_str().into()
    }
}

impl<'a> From<(&'a str, &'a str)> for Title<'a> {
    fn from((vi, en): (&'a str, &'a str)) -> Self {
        Self { vi, en: Some(en) }
    }
}

/// Words, and the same in English for those who do not read them. Both are markup already.
pub fn beside(vi: &str, en: &str) -> String {
    format!("{vi} <span lang=\"en\">{en}</span>")
}

/// A whole page. `title` is escaped here; `body` is markup that was escaped where it was made.
pub fn page<'a>(status: StatusCode, title: impl Into<Title<'a>>, body: &str) -> HttpResponse {
    whole(status, title.into(), body, POLICY.as_str(), "")
}

/// A page that a script takes over.
pub fn page_with<'a>(face: &Face, title: impl Into<Title<'a>>, body: &str) -> HttpResponse {
    let Face {
        script,
        style,
        kept,
    } = face;
    let mut head = format!(
        "<link rel=\"stylesheet\" href=\"{style}\">\n<script type=\"module\" src=\"{script}\"></script>\n"
    );
    let policy = match kept {
        None => &FACE_POLICY,
        Some(KeptFace {
            manifest,
            icon,
            touch_icon,
        }) => {
            head.push_str(&format!(
                "<link rel=\"manifest\" href=\"{manifest}\">\n<link rel=\"icon\" href=\"{icon}\">\n\
                 <link rel=\"apple-touch-icon\" href=\"{touch_icon}\">\n\
                 <meta name=\"theme-color\" content=\"#b3261e\">\n"
            ));
            &KEPT_POLICY
        }
    };
    let mut response = whole(StatusCode::OK, title.into(), body, policy.as_str(), &head);
    // Both are asked for before the page itself has come.
    let soon = format!("<{style}>; rel=preload; as=style, <{script}>; rel=modulepreload");
    if let Ok(soon) = HeaderValue::try_from(soon) {
        response.headers_mut().insert(LINK, soon);
    }
    response
}

fn whole(
    status: StatusCode,
    title: Title<'_>,
    body: &str,
    policy: &str,
    head: &str,
) -> HttpResponse {
    let heading = match title.en {
        Some(en) => beside(&Escaped(title.vi).to_string(), &Escaped(en).to_string()),
        None => Escaped(title.vi).to_string(),
    };
    let title = Escaped(title.vi);
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .body(format!(
            "<!doctype html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title} · Tổ 06</title>\n<style>{STYLE}</style>\n{head}</head>\n<body>\n\
             <header><a href=\"/\">Tổ 06</a><nav><a href=\"/dat-lich\">Đặt lịch</a> <a href=\"/bang\">Bảng thi đua</a></nav></header>\n\
             <main>\n<h1>{heading}</h1>\n{body}\n</main>\n\
             <footer>Cán bộ không bao giờ hỏi mã OTP, mật khẩu hay mã khóa VNeID của bạn. \
             <span lang=\"en\">Officials never ask for an OTP, a password or a passcode of VNeID.</span></footer>\n</body>\n</html>\n"
        ))
}

/// A count as Vietnamese print it: `319.914`.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::new();
    if number < 0 {
        out.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// A number with one decimal as Vietnamese print it: `58,3`.
pub fn decimal(number: f64) -> String {
    format!("{number:.1}").replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_as_vietnamese_print_them() {
        assert_eq!(grouped(319_914), "319.914");
        assert_eq!(grouped(1_000), "1.000");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(-1_234_567), "-1.234.567");
        assert_eq!(decimal(58.3), "58,3");
    }

    #[test]
    fn english_stands_beside_what_it_says() {
        assert_eq!(
            beside("Xã", "Commune"),
            "Xã <span lang=\"en\">Commune</span>"
        );
    }

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(
            Escaped("<a href='x'>&\"").to_string(),
            "&lt;a href=&#39;x&#39;&gt;&amp;&quot;"
        );
    }
}
