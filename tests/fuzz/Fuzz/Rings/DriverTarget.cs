using System;

namespace Guest.Fuzz.Rings;

/// <summary>A driver and its far side for one episode: both do something in each step, and what must hold is looked at after it.</summary>
internal abstract class DriverTarget
{
    /// <summary>How many of a hundred steps are lies; one figure an episode.</summary>
    protected int Lies { get; private set; }

    /// <summary>Whether the far side behaves for the whole episode: then nothing may be lost, changed, or counted against it.</summary>
    protected bool IsHonest => Lies == 0;

    /// <summary>What was done, where somebody wants to read it.</summary>
    public Action<string>? Trace { get; set; }

    /// <summary>Makes driver and far side, connected.</summary>
    public void Begin(ref Random64 random)
    {
        Lies = random.Pick(0, 1, 5, 20, 50);
        Make(ref random);
    }

    /// <summary>One thing happens.</summary>
    public void Step(ref Random64 random)
    {
        if (!IsHonest && random.Chance(Lies))
            LieSomehow(ref random);
        else
            Act(ref random);
        Check();
    }

    /// <summary>The far side behaves from now on: what is under way ends, everything comes back, honest traffic passes.</summary>
    public abstract void Settle(ref Random64 random);

    protected abstract void Make(ref Random64 random);

    /// <summary>Something that an application, the stack, a timer or an honest far side does.</summary>
    protected abstract void Act(ref Random64 random);

    /// <summary>Something that no far side may do.</summary>
    protected abstract void Lie(ref Random64 random);

    protected abstract void Check();

    private void LieSomehow(ref Random64 random)
    {
        if (!random.Chance(8))
        {
            Lie(ref random);
            return;
        }

        SharedWords.Lie(random.Pick(0, 1, 30, 200));
        Say($"shared words lie, {SharedWords.Noise} of 1000");
    }

    protected void Say(string what) => Trace?.Invoke(what);
}
