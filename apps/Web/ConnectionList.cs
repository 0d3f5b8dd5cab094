namespace Web;

/// <summary>Connections that wait for the same thing, in the order in which they began to; each is given the same time for it.</summary>
internal sealed class ConnectionList(long patience)
{
    private HttpConnection? _youngest;

    /// <summary>The one that waits longest.</summary>
    public HttpConnection? Oldest { get; private set; }

    /// <summary>Lets a connection wait from now on, wherever it was before.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="now">The time in milliseconds.</param>
    public void Add(HttpConnection connection, long now)
    {
        connection.Deadline = now + patience;
        if (_youngest == connection)
            return;
        connection.List?.Remove(connection);
        connection.List = this;
        connection.Older = _youngest;
        connection.Younger = null;
        if (_youngest is null)
            Oldest = connection;
        else
            _youngest.Younger = connection;
        _youngest = connection;
    }

    /// <summary>Takes one away.</summary>
    public void Remove(HttpConnection connection)
    {
        connection.List = null;
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
