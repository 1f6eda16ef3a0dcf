//! How a file of vectors is written: an object or a list on one line where it
//! fits, else a member a line.

use serde_json::Value;

const WIDTH: usize = 110;

pub fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out.push('\n');
    out
}

fn write(value: &Value, indent: usize, out: &mut String) {
    let short = one_line(value);
    let children: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().map(|item| (String::new(), item)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (format!("{}: ", Value::from(name.as_str())), member))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    // The outermost levels are always spread out: the file, its lists, a vector.
    if children.is_empty() || (indent > 2 && short.len() + 2 * indent <= WIDTH) {
        out.push_str(&short);
        return;
    }
    let (open, close) = if value.is_array() {
        ('[', ']')
    } else {
        ('{', '}')
    };
    out.push(open);
    for (index, (name, child)) in children.iter().enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(indent + 1));
        out.push_str(name);
        write(child, indent + 1, out);
    }
    out.push('\n');
    out.push_str(&"  ".repeat(indent));
    out.push(close);
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Array(items) if !items.is_empty() => {
            format!(
                "[{}]",
                items.iter().map(one_line).collect::<Vec<_>>().join(", ")
            )
        }
        Value::Object(members) if !members.is_empty() => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, member)| {
                    format!("{}: {}", Value::from(name.as_str()), one_line(member))
                })
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        plain => plain.to_string(),
    }
}
