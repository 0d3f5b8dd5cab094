using System;
using System.Linq;
using System.Text;
using Guest.Core.Diagnostics;
using Guest.Core.Time;
using Guest.Pv.Xen;

namespace Guest.Pv.Tests.Xen;

public unsafe class XenStoreTests
{
    private readonly FakeXen _xen = new();
    private readonly FakeStore _store;

    public XenStoreTests() => _store = new FakeStore(_xen);

    private XenStore Client => _store.Client;

    [Fact]
    public void A_written_node_is_read_back()
    {
        Assert.Equal(XenStoreStatus.Done, Client.Write($"device/vif/{0}/state", $"{4}"));
        Assert.Equal("4", _store["device/vif/0/state"]);
        Assert.Equal(XenStoreStatus.Done, Client.ReadNumber($"device/vif/0/state", out uint value));
        Assert.Equal(4u, value);
    }

    [Fact]
    public void A_missing_node_is_not_found() =>
        Assert.Equal(XenStoreStatus.NotFound, Client.ReadNumber($"nothing", out _));

    [Fact]
    public void A_node_that_is_no_number_is_refused_as_one()
    {
        _store["mac"] = "00:16:3e:00:00:01";
        Assert.Equal(XenStoreStatus.Refused, Client.ReadNumber($"mac", out _));
    }

    [Fact]
    public void A_value_longer_than_its_destination_is_refused()
    {
        _store["long"] = new string('x', 100);
        Assert.Equal(XenStoreStatus.Refused, Client.Read($"long", new byte[99], out _));
        Assert.Equal(XenStoreStatus.Done, Client.Read($"long", new byte[100], out int length));
        Assert.Equal(100, length);
    }

    [Fact]
    public void A_value_longer_than_the_ring_arrives_in_pieces()
    {
        string value = string.Concat(Enumerable.Range(0, 900).Select(i => $"{i % 10000:0000}"));
        _store["long"] = value;
        byte[] read = new byte[4096];
        Assert.Equal(XenStoreStatus.Done, Client.Read($"long", read, out int length));
        Assert.Equal(value, Encoding.ASCII.GetString(read, 0, length));
    }

    [Fact]
    public void A_directory_is_listed()
    {
        _store["device/vif/0/state"] = "1";
        _store["device/vif/1/state"] = "1";
        byte[] names = new byte[64];
        Assert.Equal(XenStoreStatus.Done, Client.List($"device/vif", names, out int length));
        Assert.Equal("0\01\0", Encoding.ASCII.GetString(names, 0, length));
    }

    [Fact]
    public void A_transaction_that_met_another_is_done_again()
    {
        _store.Conflicts = 3;
        int tries = 0;
        XenStoreStatus status = Client.Transact((store, transaction) =>
        {
            tries++;
            return store.Write($"a", $"{tries}", transaction) == XenStoreStatus.Done;
        });
        Assert.Equal(XenStoreStatus.Done, status);
        Assert.Equal(4, tries);
        Assert.Equal("4", _store["a"]);
    }

    [Fact]
    public void A_transaction_that_always_meets_another_ends()
    {
        _store.Conflicts = int.MaxValue;
        Assert.Equal(XenStoreStatus.Again, Client.Transact((store, transaction) => true));
    }

    [Fact]
    public void A_transaction_that_is_given_up_changes_nothing()
    {
        Assert.Equal(XenStoreStatus.Refused, Client.Transact((store, transaction) =>
        {
            store.Write($"a", $"1", transaction);
            return false;
        }));
        Assert.Null(_store["a"]);
    }

    [Fact]
    public void A_watch_fires_once_by_itself_and_then_at_every_change_below()
    {
        Assert.Equal(XenStoreStatus.Done, Client.Watch($"device", out XenStoreWatch watch));
        Client.TakeEvents();
        Assert.True(watch.Take());
        Assert.False(watch.Take());
        _store["device/vif/0/state"] = "2";
        _xen.Domain.Events.Dispatch();
        Assert.True(Client.HasEvent);
        Client.TakeEvents();
        Assert.True(watch.Take());
    }

    [Fact]
    public void A_watch_event_between_request_and_answer_is_kept()
    {
        Client.Watch($"device", out XenStoreWatch watch);
        Client.TakeEvents();
        watch.Take();
        _store["device/x"] = "1";
        _store["other"] = "9";
        Assert.Equal(XenStoreStatus.Done, Client.ReadNumber($"other", out uint value));
        Assert.Equal(9u, value);
        Assert.True(watch.Take());
    }

    [Fact]
    public void A_watch_event_behind_an_answer_is_looked_for_though_its_notification_was_taken_with_the_answers()
    {
        Client.Watch($"device", out XenStoreWatch watch);
        Client.TakeEvents();
        watch.Take();
        Client.Write($"device/x", $"1");
        Assert.True(Client.HasEvent);
        Client.TakeEvents();
        Assert.True(watch.Take());
        Assert.False(Client.HasEvent);
    }

    [Fact]
    public void An_ended_watch_is_silent()
    {
        Client.Watch($"device", out XenStoreWatch watch);
        Client.Unwatch($"device", watch);
        Client.TakeEvents();
        watch.Take();
        _store["device/x"] = "1";
        Client.TakeEvents();
        Assert.False(watch.Fired);
    }

    [Fact]
    public void A_flood_of_events_wider_than_the_ring_is_taken()
    {
        Client.Watch($"device", out XenStoreWatch watch);
        for (int i = 0; i < 500; i++)
            _store["device/x"] = $"{i}";
        Assert.Equal(XenStoreStatus.Done, Client.ReadNumber($"device/x", out uint value));
        Assert.Equal(499u, value);
        Assert.True(watch.Take());
        Assert.Equal(0, Client.Counters[PathEvent.Violation]);
    }

    [Fact]
    public void A_store_that_does_not_answer_is_waited_for_within_the_bound()
    {
        _store.Silent = true;
        Instant before = _xen.Domain.Now;
        Assert.Equal(XenStoreStatus.TimedOut, Client.ReadNumber($"x", out _));
        Assert.Equal(XenStore.Patience, _xen.Domain.Now - before);
    }

    [Fact]
    public void A_late_answer_is_passed_over()
    {
        _store["x"] = "1";
        _store["y"] = "2";
        byte[]? late = null;
        _store.Garble = message =>
        {
            late = message;
            return [];
        };
        Assert.Equal(XenStoreStatus.TimedOut, Client.ReadNumber($"x", out _));
        _store.Garble = null;
        _store.Send(late);
        Assert.Equal(XenStoreStatus.Done, Client.ReadNumber($"y", out uint value));
        Assert.Equal(2u, value);
    }

    [Fact]
    public void A_message_longer_than_the_protocol_allows_ends_the_use_of_the_store()
    {
        _store.Garble = message =>
        {
            BitConverter.GetBytes(4097).CopyTo(message, 12);
            return message;
        };
        Assert.Equal(XenStoreStatus.Broken, Client.ReadNumber($"x", out _));
        Assert.True(Client.Broken);
        Assert.Equal(1, Client.Counters[PathEvent.Violation]);
        Assert.Equal(XenStoreStatus.Broken, Client.ReadNumber($"x", out _));
    }

    [Fact]
    public void A_ring_that_is_full_of_messages_is_taken_in_one_go_and_looked_at_again_later()
    {
        Client.TakeEvents();
        byte[] ofNobody = new byte[16];
        ofNobody[0] = 15;
        for (int i = 0; i < 64; i++)
            _store.Send(ofNobody);

        Client.TakeEvents();
        Assert.True(Client.HasEvent);
        Client.TakeEvents();
        Assert.False(Client.HasEvent);
        Assert.False(Client.Broken);
    }

    [Fact]
    public void A_producer_beyond_the_ring_ends_the_use_of_the_store()
    {
        *(uint*)(_store.Page + 2060) = *(uint*)(_store.Page + 2056) + 1025;
        Assert.Equal(XenStoreStatus.Broken, Client.ReadNumber($"x", out _));
    }

    [Fact]
    public void An_answer_of_another_kind_ends_the_use_of_the_store()
    {
        _store["x"] = "1";
        _store.Garble = message =>
        {
            message[0] = 11;
            return message;
        };
        Assert.Equal(XenStoreStatus.Broken, Client.ReadNumber($"x", out _));
    }

    [Theory]
    [InlineData("", false, 0)]
    [InlineData("0", true, 0)]
    [InlineData("4294967295", true, 4294967295)]
    [InlineData("4294967296", false, 0)]
    [InlineData("12a", false, 0)]
    [InlineData("-1", false, 0)]
    public void Only_decimal_numbers_are_numbers(string text, bool is_one, uint value)
    {
        Assert.Equal(is_one, StoreText.TryParseNumber(Encoding.ASCII.GetBytes(text), out uint number));
        if (is_one)
            Assert.Equal(value, number);
    }
}
