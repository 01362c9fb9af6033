// Fills an address from its postal code without leaving the page. Without it the same button posts the form.
// It reads [data-address=URL] around fields marked data-part; URL?zip=1234567 answers {"addresses": [{pref, city, town}, …]}.

const digits = (text) => text.normalize("NFKC").replace(/\D/g, "");

function part(frame, name) {
  return frame.querySelector(`[data-part="${name}"]`);
}

function replaceTown(frame, make) {
  const old = part(frame, "town");
  const field = make(document.createElement(old.tagName));
  for (const name of ["id", "name", "autocomplete"]) if (old.hasAttribute(name)) field.setAttribute(name, old.getAttribute(name));
  field.dataset.part = "town";
  old.replaceWith(field);
  return field;
}

function townList(frame, towns) {
  return replaceTown(frame, () => {
    const list = document.createElement("select");
    list.className = "form-select";
    for (const town of towns) list.append(new Option(town, town));
    return list;
  });
}

function townInput(frame, town) {
  return replaceTown(frame, () => {
    const input = document.createElement("input");
    input.className = "form-control";
    input.type = "text";
    input.value = town;
    return input;
  });
}

function fill(frame, addresses) {
  const note = frame.querySelector("[data-address-note]");
  if (!addresses.length) {
    note.textContent = frame.dataset.none;
    part(frame, "pref").focus();
    return;
  }
  const cities = new Set(addresses.map((address) => address.pref + address.city));
  if (cities.size > 1) {
    note.textContent = `${frame.dataset.split}（${[...cities].join("、")}）`;
    part(frame, "pref").focus();
    return;
  }
  const [first] = addresses;
  part(frame, "pref").value = first.pref;
  part(frame, "city").value = first.city;
  if (addresses.length > 1) {
    note.textContent = frame.dataset.several;
    townList(frame, addresses.map((address) => address.town)).focus();
  } else {
    note.textContent = frame.dataset.found;
    townInput(frame, first.town);
    frame.querySelector('[name$=".block"]').focus();
  }
  frame.dispatchEvent(new Event("input", { bubbles: true }));
}

async function ask(frame) {
  const zip = digits(part(frame, "zip").value);
  const answer = zip.length === 7 ? await fetch(`${frame.dataset.address}?zip=${zip}`) : null;
  fill(frame, answer?.ok ? (await answer.json()).addresses : []);
}

for (const frame of document.querySelectorAll('[data-address]:not([data-address=""])')) {
  const button = frame.querySelector("[data-lookup]");
  button.addEventListener("click", (event) => {
    event.preventDefault();
    ask(frame).catch(() => fill(frame, []));
  });
  part(frame, "zip").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    button.click();
  });
}
