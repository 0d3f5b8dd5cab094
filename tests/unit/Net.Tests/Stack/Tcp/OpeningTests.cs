using Guest.Net.Stack;

namespace Guest.Net.Tests.Stack.Tcp;

/// <summary>RFC 9293, 3.5: connections begin.</summary>
public sealed class OpeningTests
{
    private readonly TcpDialogue _peer = new();

    [Fact]
    public void A_connection_is_accepted_and_carries_data_both_ways_and_ends()
    {
        TcpEndpoint connection = _peer.Accept();

        _peer.Send("PA", 1, 1, "hello");
        Assert.Equal("hello", _peer.Hear());
        _peer.Say("world");
        _peer.Expect("PA", 1, 6, "world");
        _peer.Send("A", 6, 6);
        _peer.ExpectNothing();

        _peer.Send("FA", 6, 6);
        _peer.Expect("A", 6, 7);
        Assert.True(connection.IsAtEnd);
        Assert.Equal(TcpState.CloseWait, connection.State);
        connection.Close();
        _peer.Expect("FA", 6, 7);
        _peer.Send("A", 7, 7);
        _peer.ExpectNothingFor(100_000);
        _peer.Net.ExpectAllBuffersBack();
    }

    [Fact]
    public void A_connection_is_opened()
    {
        _peer.Endpoint = _peer.Stack.CreateTcpEndpoint();
        SeenSegment syn = _peer.BeginConnect();

        Assert.Equal(1460, syn.MaximumSegment);
        Assert.True(syn.PermitsSack);
        Assert.NotNull(syn.WindowShift);
        Assert.NotNull(syn.Timestamps);
        Assert.Equal(TcpState.SynSent, _peer.Endpoint.State);
        _peer.Send("SA", 0, 1);
        _peer.Expect("A", 1, 1);
        Assert.Equal(TcpState.Established, _peer.Endpoint.State);
    }

    [Fact]
    public void A_connection_that_is_refused_says_so()
    {
        _peer.Endpoint = _peer.Stack.CreateTcpEndpoint();
        _peer.BeginConnect();

        _peer.Send("RA", 0, 1);

        Assert.Equal((TcpState.Closed, TcpError.Refused), (_peer.Endpoint.State, _peer.Endpoint.Error));
        _peer.ExpectNothingFor(200_000);
    }
}
