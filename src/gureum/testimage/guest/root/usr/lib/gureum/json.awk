# Flattens a JSON document: a line "path<tab>value" for each string, number, true, false and null.
# Paths join keys and positions with dots. Control characters of strings become blanks, so that a value is one line.

function fail(why) {
    print "json: " why > "/dev/stderr"
    bad = 1
    exit 1
}

# The next token; a string's text is left in `text`.
function next_token() {
    sub(/^[ \t\r\n]+/, "", rest)
    kind = substr(rest, 1, 1)
    if (kind == "\"") {
        read_string()
        return
    }
    if (kind ~ /[][{}:,]/) {
        rest = substr(rest, 2)
        return
    }
    if (!match(rest, /^[-+.0-9A-Za-z]+/)) fail("unexpected text")
    text = substr(rest, 1, RLENGTH)
    rest = substr(rest, RLENGTH + 1)
    kind = "word"
}

function read_string() {
    if (!match(rest, /^"([^"\\]|\\.)*"/)) fail("a string without an end")
    text = unescape(substr(rest, 2, RLENGTH - 2))
    rest = substr(rest, RLENGTH + 1)
    kind = "string"
}

function unescape(raw, out, at, c) {
    out = ""
    while ((at = index(raw, "\\")) > 0) {
        out = out substr(raw, 1, at - 1)
        c = substr(raw, at + 1, 1)
        raw = substr(raw, at + 2)
        if (c == "u") {
            raw = substr(raw, 5)
            c = "?"
        } else if (index("nrtbf", c) > 0) {
            c = " "
        }
        out = out c
    }
    out = out raw
    sub(/ +$/, "", out)
    return out
}

function read_value(path) {
    if (kind == "{") read_members(path, "}")
    else if (kind == "[") read_members(path, "]")
    else if (kind == "string" || kind == "word") print path "\t" text
    else fail("a value is missing at " path)
}

function read_members(path, end, key, count) {
    count = 0
    next_token()
    while (kind != end) {
        key = count
        if (end == "}") {
            if (kind != "string") fail("a name is missing at " path)
            key = text
            next_token()
            if (kind != ":") fail("a colon is missing at " path)
            next_token()
        }
        read_value(path == "" ? key : path "." key)
        count++
        next_token()
        if (kind == ",") next_token()
        else if (kind != end) fail("a comma is missing at " path)
    }
}

{ rest = rest $0 "\n" }

END {
    if (!bad) {
        next_token()
        read_value("")
    }
    exit bad
}
