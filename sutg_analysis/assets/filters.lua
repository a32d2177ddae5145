-- What Quarto's own filters do, for the constructs the project's pages use: blocks shown in some formats only,
-- callouts, and links between sources.

local titles = { note = "Note", tip = "Tip", warning = "Warning", important = "Important", caution = "Caution" }

local function shown(div)
  local html = { html = true, ["html:js"] = true }
  local when, unless = div.attributes["when-format"], div.attributes["unless-format"]
  local fits = (when == nil or html[when] == true) and (unless == nil or html[unless] ~= true)
  if div.classes:includes("content-visible") then return fits end
  if div.classes:includes("content-hidden") then return not fits end
  return true
end

local function callout_kind(div)
  for _, class in ipairs(div.classes) do
    local kind = class:match("^callout%-(%l+)$")
    if titles[kind] then return kind end
  end
end

local function callout(div, kind)
  local title = pandoc.Inlines(div.attributes.title or titles[kind])
  local body = div.content
  if body[1] and body[1].t == "Header" then
    title = body[1].content
    body = pandoc.Blocks({ table.unpack(body, 2) })
  end
  local head = pandoc.Div({ pandoc.Plain({ pandoc.Strong(title) }) }, pandoc.Attr("", { "callout-header" }))
  local inner = pandoc.Div(body, pandoc.Attr("", { "callout-body" }))
  return pandoc.Div({ head, inner }, pandoc.Attr(div.identifier, { "callout", "callout-" .. kind }, { role = "note" }))
end

function Div(div)
  if not shown(div) then return {} end
  if div.classes:includes("content-visible") or div.classes:includes("content-hidden") then return div.content end
  local kind = callout_kind(div)
  if kind then return callout(div, kind) end
end

-- A sample's language is an attribute and no class: for a class Pandoc would read all its tables of syntax, to colour
-- what no stylesheet colours. The name of its file stands above it.
function CodeBlock(block)
  local language = block.classes[1]
  if language then
    block.classes = pandoc.List()
    block.attributes["data-language"] = language
  end
  local name = block.attributes.filename
  if not name then return block end
  block.attributes.filename = nil
  local head = pandoc.Div({ pandoc.Plain({ pandoc.Strong(name) }) }, pandoc.Attr("", { "code-with-filename-file" }))
  return pandoc.Div({ head, block }, pandoc.Attr("", { "code-with-filename" }))
end

function Link(link)
  if not link.target:match("^%a[%w+.-]*:") then
    link.target = link.target:gsub("%.qmd$", ".html"):gsub("%.ipynb$", ".html")
    link.target = link.target:gsub("%.qmd#", ".html#"):gsub("%.ipynb#", ".html#")
    return link
  end
end
