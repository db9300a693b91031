// The file `NAME.zipc` beside a segment: what its structures are. It describes: where it is missing, or of another segment, bytes alone
// tell.

use std::collections::HashMap;
use std::fs::symlink_metadata;
use std::io::Read;

use super::os;
use super::participants::beside;
use super::segment::Opened;

/// Far beyond any real one; a larger file is somebody else's.
const BYTES_MAX: u64 = 16 << 20;
const DEPTH_MAX: usize = 64;

/// What stands there of one structure.
pub(super) struct Line {
    pub(super) kind: String,
    /// Fingerprint.
    pub(super) key: Option<String>,
    /// Fingerprint.
    pub(super) element: Option<String>,
    pub(super) options: HashMap<String, String>,
}

/// The last line of a structure whose block begins there.
pub(super) fn line(opened: &Opened, structure: &str, offset: u64) -> Option<Line> {
    let path = beside(opened.path(), ".zipc");
    let facts = symlink_metadata(&path).ok()?;
    if os::distrust(&facts).is_some() || facts.len() > BYTES_MAX {
        return None;
    }
    let mut text = Vec::new();
    os::open_to_read(&path, &facts).ok()?.take(BYTES_MAX).read_to_end(&mut text).ok()?;
    // A line counts when it is ended.
    let end = text.iter().rposition(|&each| each == b'\n')?;
    let mut lines = text[..end].split(|&each| each == b'\n');
    let first = parse(lines.next()?)?;
    let (device, inode) = opened.identity();
    if first.text("format") != Some("zeroipc-types")
        || first.number("version") != Some(1)
        || first.text("segment") != Some(&format!("device={device}, inode={inode}"))
    {
        return None;
    }
    lines
        .filter_map(parse)
        .rfind(|line| line.text("name") == Some(structure) && line.number("offset") == Some(offset))
        .and_then(|line| {
            let fingerprint = |of: &str| line.member(of)?.text("fingerprint").map(str::to_string);
            let mut options = HashMap::new();
            if let Some(Json::Object(members)) = line.member("options") {
                for (name, value) in members {
                    if let Json::Text(text) = value {
                        options.insert(name.clone(), text.clone());
                    }
                }
            }
            Some(Line {
                kind: line.text("kind")?.to_string(),
                key: fingerprint("key"),
                element: fingerprint("element"),
                options,
            })
        })
}

enum Json {
    Text(String),
    Number(String),
    Object(HashMap<String, Json>),
    /// What nobody asks for.
    Other,
}

impl Json {
    fn member(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.get(name),
            _ => None,
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        match self.member(name)? {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> Option<u64> {
        match self.member(name)? {
            Json::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }
}

fn parse(line: &[u8]) -> Option<Json> {
    let mut parser = Parser { text: std::str::from_utf8(line).ok()?, at: 0 };
    let value = parser.value(DEPTH_MAX)?;
    parser.blank();
    (parser.at == line.len() && matches!(value, Json::Object(_))).then_some(value)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &[u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn blank(&mut self) {
        while self.rest().first().is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn eat(&mut self, expected: u8) -> bool {
        self.blank();
        let found = self.rest().first() == Some(&expected);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        self.blank();
        match self.rest().first()? {
            _ if depth == 0 => None,
            b'"' => Some(Json::Text(self.string()?)),
            b'{' => {
                let mut members = HashMap::new();
                self.list(b'{', b'}', |parser| {
                    parser.blank();
                    let name = parser.string()?;
                    if !parser.eat(b':') {
                        return None;
                    }
                    members.insert(name, parser.value(depth - 1)?);
                    Some(())
                })?;
                Some(Json::Object(members))
            }
            b'[' => {
                self.list(b'[', b']', |parser| parser.value(depth - 1).map(|_| ()))?;
                Some(Json::Other)
            }
            _ => {
                // Of bytes, as in the whole line: a character of several is none that a word may have.
                let bytes = self.rest().iter().take_while(|each| !b",]} \t".contains(each)).count();
                let word = String::from_utf8_lossy(&self.rest()[..bytes]).into_owned();
                self.at += bytes;
                match word.as_str() {
                    "true" | "false" | "null" => Some(Json::Other),
                    _ if word.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => {
                        Some(Json::Number(word))
                    }
                    _ => None,
                }
            }
        }
    }

    fn list(&mut self, open: u8, close: u8, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if !self.eat(open) {
            return None;
        }
        if self.eat(close) {
            return Some(());
        }
        loop {
            each(self)?;
            if self.eat(close) {
                return Some(());
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        if !self.eat(b'"') {
            return None;
        }
        let mut string = String::new();
        let mut chars = self.text[self.at..].char_indices();
        while let Some((behind, each)) = chars.next() {
            match each {
                '"' => {
                    self.at += behind + 1;
                    return Some(string);
                }
                '\\' => match chars.next()?.1 {
                    'n' => string.push('\n'),
                    't' => string.push('\t'),
                    'r' => string.push('\r'),
                    'b' => string.push('\u{8}'),
                    'f' => string.push('\u{c}'),
                    'u' => {
                        let mut code = unit(&mut chars)?;
                        if (0xD800..0xDC00).contains(&code) {
                            if chars.next()?.1 != '\\' || chars.next()?.1 != 'u' {
                                return None;
                            }
                            code = 0x10000 + ((code - 0xD800) << 10) + unit(&mut chars)?.checked_sub(0xDC00)?;
                        }
                        string.push(char::from_u32(code)?);
                    }
                    other => string.push(other),
                },
                other => string.push(other),
            }
        }
        None
    }
}

/// Four hexadecimal digits.
fn unit(chars: &mut std::str::CharIndices<'_>) -> Option<u32> {
    (0..4).try_fold(0, |number, _| Some(number * 16 + chars.next()?.1.to_digit(16)?))
}
