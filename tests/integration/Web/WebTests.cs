using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Guest.Integration.Tests.Qemu;
using Guest.Integration.Tests.Streams;
using Guest.Rig.Measure;

namespace Guest.Integration.Tests.Web;

/// <summary>The web appliance, against clients that were not made for it.</summary>
public sealed class WebTests : IDisposable
{
    private const int Port = 80;
    private const int SmallLength = 612;
    private const int LargeLength = 262_144;

    private readonly Appliance _web = Appliance.BootReady(Appliance.Machine("web"));
    private readonly HttpClient _client;

    public WebTests() => _client = new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = (context, _) =>
            ValueTask.FromResult<Stream>(new NetworkStream(StreamClient.Open(_web.Network, _web.Address, context.DnsEndPoint.Port).Socket, ownsSocket: true)),
    })
    {
        BaseAddress = new Uri($"http://{_web.Address}/"),
    };

    private static CancellationToken End => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _web.Dispose();
    }

    [Fact]
    public async Task Pages_are_there_with_their_tags_and_not_sent_again_to_who_has_them()
    {
        using HttpResponseMessage first = await _client.GetAsync("small", End);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(SmallLength, (await first.Content.ReadAsByteArrayAsync(End)).Length);
        EntityTagHeaderValue tag = Assert.IsType<EntityTagHeaderValue>(first.Headers.ETag);

        using HttpRequestMessage again = new(HttpMethod.Get, "small");
        again.Headers.IfNoneMatch.Add(tag);
        using HttpResponseMessage second = await _client.SendAsync(again, End);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);

        using HttpRequestMessage head = new(HttpMethod.Head, "large");
        using HttpResponseMessage third = await _client.SendAsync(head, End);
        Assert.Equal(LargeLength, third.Content.Headers.ContentLength);
        Assert.Empty(await third.Content.ReadAsByteArrayAsync(End));
    }

    [Theory]
    [InlineData(0L, 99L, 206, 100)]
    [InlineData(262_000L, null, 206, 144)]
    [InlineData(null, 7L, 206, 7)]
    [InlineData(300_000L, null, 416, 0)]
    public async Task Parts_are_sent_to_who_wants_parts(long? from, long? to, int status, int length)
    {
        byte[] whole = await _client.GetByteArrayAsync("large", End);
        using HttpRequestMessage request = new(HttpMethod.Get, "large");
        request.Headers.Range = new RangeHeaderValue(from, to);
        using HttpResponseMessage response = await _client.SendAsync(request, End);
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        byte[] part = await response.Content.ReadAsByteArrayAsync(End);
        Assert.Equal(length, part.Length);
        if (length == 0)
            return;
        int start = (int)response.Content.Headers.ContentRange!.From!.Value;
        Assert.Equal(whole.AsSpan(start, length).ToArray(), part);
    }

    [Fact]
    public async Task The_first_page_and_the_metrics_show_counters_that_grow()
    {
        string page = await _client.GetStringAsync("", End);
        Assert.Contains("virtio-net0", page, StringComparison.Ordinal);
        long before = Metric(await _client.GetStringAsync("metrics", End));
        await _client.GetStringAsync("small", End);
        Assert.InRange(Metric(await _client.GetStringAsync("metrics", End)), before + 1, long.MaxValue);

        static long Metric(string metrics)
        {
            string line = metrics.Split('\n').First(each => each.StartsWith("guest_device_total{device=\"virtio-net0\",event=\"sent\"}", StringComparison.Ordinal));
            return long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public void Requests_one_behind_the_other_are_answered_in_order()
    {
        using StreamClient client = StreamClient.Open(_web.Network, _web.Address, Port);
        string requests = string.Concat(Enumerable.Repeat("GET /small HTTP/1.1\r\nHost: x\r\n\r\nGET /large HTTP/1.1\r\nHost: x\r\n\r\nHEAD / HTTP/1.1\r\nHost: x\r\n\r\n", 20));
        byte[] answers = client.Exchange(Encoding.ASCII.GetBytes(requests), 20 * (LargeLength + 10_000), seed: 1);
        string text = Encoding.ASCII.GetString(answers);
        int at = 0;
        for (int i = 0; i < 60; i++)
        {
            Assert.Equal("HTTP/1.1 200 OK", text.Substring(at, 15));
            int end = text.IndexOf("\r\n\r\n", at, StringComparison.Ordinal) + 4;
            at = end + (i % 3) switch
            {
                0 => SmallLength,
                1 => LargeLength,
                _ => 0,
            };
        }

        Assert.Equal(text.Length, at);
    }

    [Fact]
    public async Task What_is_not_understood_is_refused_and_no_answer_is_lost()
    {
        using HttpRequestMessage chunked = new(HttpMethod.Post, "small") { Content = new StreamContent(new MemoryStream(new byte[100_000])) };
        chunked.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage refused = await _client.SendAsync(chunked, End);
        Assert.Equal(HttpStatusCode.NotImplemented, refused.StatusCode);
        foreach ((string request, string status) in new[]
        {
            ("nonsense\r\n\r\n", "400"),
            ("GET /small HTTP/1.1\r\n\r\n", "400"),
            ("GET /small HTTP/1.1\r\nHost : x\r\n\r\n", "400"),
            ("DELETE /small HTTP/1.0\r\n\r\n", "405"),
            ("GET /none HTTP/1.0\r\n\r\n", "404"),
            ("GET /small HTTP/2.0\r\nHost: x\r\n\r\n", "505"),
            ($"GET /small HTTP/1.1\r\nHost: {new string('x', 10_000)}", "431"),
        })
        {
            using StreamClient client = StreamClient.Open(_web.Network, _web.Address, Port);
            byte[] answer = client.Exchange(Encoding.ASCII.GetBytes(request), 10_000, seed: 1);
            Assert.Equal($"HTTP/1.1 {status}", Encoding.ASCII.GetString(answer, 0, 12));
        }
    }

    [Fact]
    public void Who_sends_a_request_too_slowly_is_told_so_and_who_sends_nothing_is_let_go()
    {
        using Appliance web = Appliance.BootReady(Appliance.Machine("web") with { CommandLine = "-- --patience 1" });
        using StreamClient silent = StreamClient.Open(web.Network, web.Address, Port);
        using StreamClient slow = StreamClient.Open(web.Network, web.Address, Port);
        slow.Socket.Send("GET /small HTTP/1.1\r\n"u8);
        slow.Socket.ReceiveTimeout = 100;
        byte[] answer = new byte[1000];
        int length = 0;
        for (int i = 0; i < 200 && length == 0; i++)
        {
            slow.Socket.Send("A: b\r\n"u8);
            length = ReceiveInTime(slow.Socket, answer);
        }

        Assert.StartsWith("HTTP/1.1 408 ", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
        Assert.DoesNotContain("Date:", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal); // nobody tells an emulated guest the time
        silent.Socket.ReceiveTimeout = 30_000;
        Assert.Equal(0, silent.Socket.Receive(answer));

        static int ReceiveInTime(Socket socket, byte[] answer)
        {
            try
            {
                return socket.Receive(answer);
            }
            catch (SocketException timeout) when (timeout.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                return 0;
            }
        }
    }

    [Fact]
    public async Task The_metrics_list_connections_and_what_was_dropped()
    {
        using StreamClient other = StreamClient.Open(_web.Network, _web.Address, Port);
        string metrics = await _client.GetStringAsync("metrics", End);
        Assert.Contains("guest_tcp_connections 2\n", metrics, StringComparison.Ordinal);
        Assert.Matches("guest_tcp_connection\\{state=\"established\",local=\"10.0.0.2 80\",remote=\"10.0.0.1 [0-9]+\",value=\"congestionWindow\"\\} [1-9]", metrics);
        Assert.Contains("guest_dropped_total{cause=\"badChecksum\"} 0\n", metrics, StringComparison.Ordinal);

        // Ctrl-T shows the same.
        _web.Counters();
        Assert.Contains(_web.Guest.Console, line => line.StartsWith("tcp {\"state\":\"established\",\"local\":\"10.0.0.2 80\",\"remote\":\"10.0.0.1 ", StringComparison.Ordinal));
    }

    [Fact]
    public void Curl_is_served_over_a_connection_that_is_kept()
    {
        string url = $"http://{_web.Address}/small";
        string answer = _web.Network.Require("curl", "--silent", "--show-error", "--max-time", "60", "--write-out", "%{num_connects} ", "--output", "/dev/null", url, "--output", "/dev/null", url);
        Assert.Equal("1 0 ", answer);
    }

    [Fact]
    public async Task Ten_thousand_requests_take_no_memory()
    {
        await GetMany(500);
        GuestCounters before = _web.Counters();
        await GetMany(10_000);
        GuestCounters cost = _web.Counters().Since(before);
        long allocated = cost.Devices["cpu"].TryGetValue("allocatedBytes", out long bytes) ? bytes : 0;
        Assert.InRange(allocated, 0, 5_000);
    }

    private async Task GetMany(int count)
    {
        for (int i = 0; i < count; i++)
        {
            string path = (i % 10) switch
            {
                0 => "metrics",
                1 => "",
                _ => "small",
            };
            Assert.NotEmpty(await _client.GetByteArrayAsync(path, End));
        }
    }
}
