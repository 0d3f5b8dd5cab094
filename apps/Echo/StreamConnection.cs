using System.Net.Sockets;

namespace Echo;

/// <summary>What a service keeps of a connection.</summary>
internal sealed class StreamConnection
{
    /// <summary>The socket; it does not block.</summary>
    public Socket Socket { get; private set; } = null!;

    /// <summary>Who serves it.</summary>
    public StreamService Service { get; private set; } = null!;

    /// <summary>What was received and could not be sent yet; null for nothing.</summary>
    public byte[]? Unsent { get; set; }

    /// <summary>Where that begins; of the character generator, where the next character stands.</summary>
    public int Start { get; set; }

    /// <summary>Where that ends.</summary>
    public int End { get; set; }

    /// <summary>The next of those that are not used.</summary>
    public StreamConnection? Next { get; set; }

    /// <summary>Belongs to a connection from now on.</summary>
    public void Begin(Socket socket, StreamService service)
    {
        Socket = socket;
        Service = service;
        Start = 0;
        Next = null;
    }
}
