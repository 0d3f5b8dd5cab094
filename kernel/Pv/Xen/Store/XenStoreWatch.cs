namespace Guest.Pv.Xen;

/// <summary>A wish to be told when a part of the store changes.</summary>
/// <remarks>Only that something changed is kept, not what: whoever watches reads again what it needs. So any number of changes needs one
/// bit, and a flood of them no memory.</remarks>
public sealed class XenStoreWatch
{
    private bool _fired;

    internal XenStoreWatch(int token) => Token = token;

    /// <summary>Whether something changed since <see cref="Take"/> last said so.</summary>
    public bool Fired => _fired;

    internal int Token { get; }

    /// <summary>Whether somebody watches by it; if not, its token is the next watch's.</summary>
    internal bool InUse { get; private set; }

    /// <summary>Whether something changed, and forgets it.</summary>
    public bool Take()
    {
        bool fired = _fired;
        _fired = false;
        return fired;
    }

    internal void Begin()
    {
        InUse = true;
        _fired = false;
    }

    internal void End() => InUse = false;

    internal void Fire() => _fired = true;
}
