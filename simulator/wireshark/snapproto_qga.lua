-- SPDX-License-Identifier: BSL-1.0
-- Shows the QEMU guest agent's lines in captures of 'snapsim run --trace pcapng=FILE':
--
--   wireshark -X lua_script:simulator/wireshark/snapproto_qga.lua FILE
--
-- The captures have link type USER0. What goes to the guest is outbound.

local qga = Proto("snapqga", "QEMU guest agent (snapsim)")

local fields = {
    to_guest = ProtoField.bool("snapqga.to_guest", "To the guest"),
    resets = ProtoField.bool("snapqga.resets", "Resets the stream"),
    command = ProtoField.string("snapqga.command", "Command"),
    value = ProtoField.string("snapqga.return", "Returned"),
    failure = ProtoField.string("snapqga.error", "Error"),
    id = ProtoField.string("snapqga.id", "Id"),
    line = ProtoField.string("snapqga.line", "Line"),
}
qga.fields = fields

local expert_garbled = ProtoExpert.new("snapqga.garbled", "Neither a command nor a reply",
                                       expert.group.MALFORMED, expert.severity.WARN)
qga.experts = { expert_garbled }

local sentinel = 0xff -- resets the parser of whoever reads it

-- What a line says, as a table; nothing when it is neither a command nor a reply.
local function parse(line)
    local said = { id = line:match('"id":%s*([^,}%s]+)') }
    said.command = line:match('"execute":%s*"([^"]*)"')
    said.failure = line:match('"error":.*"desc":%s*"([^"]*)"')
    if not said.command and not said.failure then
        said.value = line:match('"return":%s*(.-),%s*"id":[^,]*}$') or line:match('"return":%s*(.*)}$')
    end
    if said.command or said.failure or said.value then
        return said
    end
end

local function in_short(said)
    local text = said.command or said.value or ("error: " .. said.failure)
    if #text > 60 then
        text = text:sub(1, 57) .. "..."
    end
    return said.id and (text .. " (" .. said.id .. ")") or text
end

local function dissect_line(buffer, tree)
    local range = buffer:range()
    local branch = tree:add(qga, range)
    local first = 0
    while first < buffer:len() and buffer(first, 1):uint() == sentinel do
        first = first + 1
    end
    if first > 0 then
        branch:add(fields.resets, buffer(0, first), true)
    end
    if first == buffer:len() then
        return "resets the stream"
    end
    local line = buffer(first):raw():gsub("%s+$", "")
    branch:add(fields.line, buffer(first), line)
    local said = parse(line)
    if not said then
        branch:add_proto_expert_info(expert_garbled)
        return "garbled"
    end
    for _, name in ipairs({ "command", "value", "failure", "id" }) do
        if said[name] then
            branch:add(fields[name], buffer(first), said[name])
        end
    end
    return in_short(said)
end

function qga.dissector(buffer, pinfo, tree)
    pinfo.cols.protocol = "QGA"
    local to_guest = pinfo.p2p_dir == P2P_DIR_SENT
    pinfo.cols.src = to_guest and "host" or "guest"
    pinfo.cols.dst = to_guest and "guest" or "host"
    tree:add(fields.to_guest, to_guest):set_generated()
    local texts = {}
    local begin = 0
    while begin < buffer:len() do
        local length = 1
        while begin + length < buffer:len() and buffer(begin + length - 1, 1):uint() ~= 10 do
            length = length + 1
        end
        texts[#texts + 1] = dissect_line(buffer(begin, length):tvb(), tree)
        begin = begin + length
    end
    pinfo.cols.info = (to_guest and "host to guest: " or "guest to host: ") ..
        table.concat(texts, "; ")
    return buffer:len()
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, qga)
