using Guest.Core.Scheduling;

namespace Guest.Net.Stack;

/// <summary>What the application can do now, and telling it when that changes.</summary>
public sealed partial class TcpEndpoint
{
    // Of the room for what is sent, the part that must be free for it to be worth telling: else a fast sender would be woken for every segment that is acknowledged.
    private const int RoomWorthTelling = 4;

    /// <inheritdoc/>
    public override Readiness Readiness
    {
        get
        {
            Readiness readiness = Error == TcpError.None ? Readiness.None : Readiness.Error;
            if (_state == TcpState.Closed)
                readiness |= Readiness.HangUp;
            if (_unread.Length != 0 || IsAtEnd)
                readiness |= Readiness.Readable;
            if (IsWritable)
                readiness |= Readiness.Writable;
            return readiness;
        }
    }

    private bool IsWritable => CanSend && SendBufferSize - _unacknowledged.Length >= SendBufferSize / RoomWorthTelling;

    private void TellOfRoom()
    {
        if (Writers.HasWaiters && IsWritable)
            Writers.WakeAll();
    }

    private void Tell()
    {
        if (Readers.HasWaiters)
            Readers.WakeAll();
        if (Writers.HasWaiters)
            Writers.WakeAll();
    }
}
