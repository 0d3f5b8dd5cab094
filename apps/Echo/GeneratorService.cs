using System.Net.Sockets;

namespace Echo;

/// <summary>RFC 864: characters are sent for as long as the other end takes them. What it sends itself is not read.</summary>
internal sealed class GeneratorService : StreamService
{
    public override SelectMode First => SelectMode.SelectWrite;

    public override bool Serve(StreamConnection connection, SocketPoller poller)
    {
        int sent = connection.Socket.Send(Characters.From(connection.Start), SocketFlags.None, out SocketError error);
        if (error == SocketError.Success)
            connection.Start = (connection.Start + sent) % Characters.Period;
        return error is SocketError.Success or SocketError.WouldBlock;
    }
}
