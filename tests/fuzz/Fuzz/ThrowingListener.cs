using System.Diagnostics;

namespace Guest.Fuzz;

/// <summary>Turns a failed <see cref="Debug.Assert(bool)"/> into an exception.</summary>
internal sealed class ThrowingListener : TraceListener
{
    public override void Fail(string? message, string? detailMessage) => throw new Xunit.Sdk.XunitException($"assertion: {message} {detailMessage}");

    public override void Write(string? message)
    {
    }

    public override void WriteLine(string? message)
    {
    }
}
