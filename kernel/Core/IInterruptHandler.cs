namespace Guest.Core;

/// <summary>What a driver does when its device interrupts.</summary>
public interface IInterruptHandler
{
    /// <summary>Called with interrupts off, while the machine idles or between two passes of the run loop. Acknowledge the device where its chip demands that
    /// (reading an ICR or an ISR), and nothing more: the run loop polls the device right after. Must not block or allocate.</summary>
    /// <returns>Whether the device had interrupted; false lets a shared line ask its next handler.</returns>
    bool OnInterrupt();
}
