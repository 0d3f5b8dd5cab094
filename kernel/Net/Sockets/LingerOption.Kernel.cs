namespace System.Net.Sockets;

/// <summary>How closing treats what was sent and not delivered.</summary>
/// <remarks>Closing never waits: the stack delivers in the background, for the given time at most.</remarks>
public class LingerOption(bool enable, int seconds)
{
    /// <summary>Whether the time counts; else delivery takes as long as it takes.</summary>
    public bool Enabled { get; set; } = enable;

    /// <summary>Seconds; 0 resets the connection at once.</summary>
    public int LingerTime { get; set; } = seconds;
}
