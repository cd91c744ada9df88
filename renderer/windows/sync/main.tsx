import { mount } from '../../app/mount.tsx'
import { Sync } from './sync.tsx'
import './sync.css'

mount(<Sync />)
