-- Sends what bench.py prepared, in turns, and prints what came of it as JSON. Environment: BENCH_REQUESTS, a file with one request a
-- line: path, then "Name: value" fields, all divided by tabs.
local requests, turn = {}, 0

function init(args)
    for line in io.lines(os.getenv("BENCH_REQUESTS")) do
        local path, headers = nil, {}
        for part in line:gmatch("[^\t]+") do
            if path == nil then
                path = part
            else
                local name, value = part:match("^([^:]+): (.*)$")
                headers[name] = value
            end
        end
        headers["Host"] = wrk.headers["Host"]
        requests[#requests + 1] = wrk.format("GET", path, headers)
    end
end

function request()
    turn = turn % #requests + 1
    return requests[turn]
end

function done(summary, latency, all)
    local errors = summary.errors
    io.write(string.format(
        '\nRESULT {"requests": %d, "seconds": %.3f, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, "bytes": %d, '
            .. '"errors": {"status": %d, "connect": %d, "read": %d, "write": %d, "timeout": %d}}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
        summary.bytes, errors.status, errors.connect, errors.read, errors.write, errors.timeout))
end
