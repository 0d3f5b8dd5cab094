using System.Net.Sockets;

namespace Web;

/// <summary>The connections in the order in which they were used, and the objects of those that are over.</summary>
internal sealed class ConnectionList
{
    private HttpConnection? _youngest;
    private HttpConnection? _spare;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The one that was used longest ago.</summary>
    public HttpConnection? Oldest { get; private set; }

    /// <summary>Adds one.</summary>
    public HttpConnection Begin(Socket socket)
    {
        HttpConnection connection = _spare ?? new HttpConnection();
        _spare = connection.Older;
        connection.Begin(socket);
        Count++;
        Link(connection);
        return connection;
    }

    /// <summary>Takes note that one is used.</summary>
    public void Use(HttpConnection connection)
    {
        if (connection == _youngest)
            return;
        Unlink(connection);
        Link(connection);
    }

    /// <summary>Takes one away.</summary>
    public void End(HttpConnection connection)
    {
        Unlink(connection);
        Count--;
        connection.Older = _spare;
        _spare = connection;
    }

    private void Link(HttpConnection connection)
    {
        connection.Older = _youngest;
        connection.Younger = null;
        if (_youngest is null)
            Oldest = connection;
        else
            _youngest.Younger = connection;
        _youngest = connection;
    }

    private void Unlink(HttpConnection connection)
    {
        if (connection.Older is null)
            Oldest = connection.Younger;
        else
            connection.Older.Younger = connection.Younger;
        if (connection.Younger is null)
            _youngest = connection.Older;
        else
            connection.Younger.Older = connection.Older;
    }
}
